module example.org/pages

go 1.24

require (
	example.org/lab v0.0.0
	github.com/alecthomas/chroma/v2 v2.23.1
	github.com/yuin/goldmark v1.8.7
	golang.org/x/image v0.30.0
	golang.org/x/sync v0.16.0
	golang.org/x/time v0.12.0
)

require github.com/dlclark/regexp2 v1.11.5 // indirect

replace example.org/lab => ../
