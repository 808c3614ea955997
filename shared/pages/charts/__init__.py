"""Charts as inline SVG: the one engine of the house, for pages and figures alike.

`layout` places the marks of a `Chart` for a width and a direction of reading; macros in `charts.html` write them, and
`charts.css` colours them by classes. A map is a table until the portal has its map.

    image(Chart("bars", "en", "Experts", "Most are in Asia.", rows), 720)
"""
