"""PDF files from typst layouts, made in a process of its own.

- `printer.Printer` makes a PDF/A-3 file from a layout, data and attachments, with bounds on memory and on the time of a
  processor.
- `document.Document` is what it makes a file from.
- `document.Unprintable` is raised for a character that no font has, and `document.TooLarge`, which is one too, for a
  document that needs too much.
- `labels.labels_of` reads the words of a document in a language, `labels.day_in` writes a day.
- `fonts.folders` are the folders of the fonts, which are Noto in many scripts.

    async with Printer(layouts) as printer:
        pdf = await printer.pdf(Document("support.typ", {"holder": "Amina Khan"}, now()))

A layout reads its data by `json("data.json")` and each file by its name, and imports "typography.typ", or
"paper.typ" for several pages. Data is text, never markup.
"""
