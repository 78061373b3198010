"""The tabs of the page, one a file. Each has a `TITLE` and a function `build(tab)`; `zoo.web.page` lists them."""
