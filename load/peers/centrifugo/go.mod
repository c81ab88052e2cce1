// What to build; it has no source of its own.
module superchat/peer

go 1.24

require github.com/centrifugal/centrifugo/v5 v5.4.9
