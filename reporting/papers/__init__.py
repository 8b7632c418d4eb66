"""What the province and the cities send out: workbook and bulletin, from the row objects that the pages show."""
