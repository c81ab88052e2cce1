// The protocol's own client for Go, unchanged: goes through what a program does, or follows a room.
//
//	program exercise|follow < {"url", "token", "refreshToken", "user", "room", "closedRoom"}
//
// exercise prints a line for each thing that works, and ends with 1 at the first that does not. follow prints the offset of
// each publication, and "recovered" or "lost" whenever it came back, until its input ends.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/centrifugal/centrifuge-go"
)

const within = 15 * time.Second

type input struct {
	URL          string `json:"url"`
	Token        string `json:"token"`
	RefreshToken string `json:"refreshToken"`
	User         string `json:"user"`
	Room         string `json:"room"`
	ClosedRoom   string `json:"closedRoom"`
}

func main() {
	lines := bufio.NewReader(os.Stdin)
	line, err := lines.ReadBytes('\n')
	must(err)
	var given input
	must(json.Unmarshal(line, &given))
	if os.Args[1] == "exercise" {
		exercise(given)
		return
	}
	follow(given, lines)
}

func follow(given input, lines io.Reader) {
	client := centrifuge.NewJsonClient(address(given), centrifuge.Config{
		Token:             given.Token,
		MinReconnectDelay: 50 * time.Millisecond,
		MaxReconnectDelay: time.Second,
	})
	sub, err := client.NewSubscription("room:" + given.Room)
	must(err)
	sub.OnSubscribed(func(e centrifuge.SubscribedEvent) {
		switch {
		case !e.WasRecovering:
			fmt.Println("subscribed")
		case e.Recovered:
			fmt.Println("recovered")
		default:
			fmt.Println("lost")
		}
	})
	sub.OnPublication(func(e centrifuge.PublicationEvent) { fmt.Println(e.Offset) })
	must(sub.Subscribe())
	must(client.Connect())
	_, _ = io.Copy(io.Discard, lines)
	client.Close()
}

func address(given input) string {
	return strings.Replace(given.URL, "http", "ws", 1) + "/connection/websocket"
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
