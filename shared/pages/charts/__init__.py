"""Charts as inline SVG: the one engine of the house, for pages and figures alike.

`layout` places the marks of a `Chart` for a width and a direction of reading; macros in `charts.html` write them, and
`charts.css` colours them by classes. A map has the land and the places of the portal's own (`world`).

    image(Chart("bars", "en", "Experts", "Most are in Asia.", rows), 720)
"""
