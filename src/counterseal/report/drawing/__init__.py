"""Pictures as SVG written from a layout: boxes, routes, axes and charts."""
