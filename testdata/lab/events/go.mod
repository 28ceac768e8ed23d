module example.org/events

go 1.24

require (
	example.org/lab v0.0.0
	github.com/RoaringBitmap/roaring/v2 v2.4.5
	github.com/cespare/xxhash/v2 v2.3.0
	github.com/klauspost/compress v1.18.7
	github.com/prometheus/client_golang v1.22.0
	google.golang.org/protobuf v1.36.11
)

require (
	github.com/beorn7/perks v1.0.1 // indirect
	github.com/bits-and-blooms/bitset v1.12.0 // indirect
	github.com/mschoch/smat v0.2.0 // indirect
	github.com/munnerz/goautoneg v0.0.0-20191010083416-a7dc8b61c822 // indirect
	github.com/prometheus/client_model v0.6.1 // indirect
	github.com/prometheus/common v0.62.0 // indirect
	github.com/prometheus/procfs v0.15.1 // indirect
	golang.org/x/sys v0.30.0 // indirect
)

replace example.org/lab => ../
