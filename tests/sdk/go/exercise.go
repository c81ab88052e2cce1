// What a program does, step by step.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"reflect"
	"sync"
	"time"

	"github.com/centrifugal/centrifuge-go"
)

// tokens are asked for by the client and by the steps.
type tokens struct {
	sync.Mutex
	access, refresh string
	asked           int
}

// heard is what a subscription was told; read under its lock.
type heard struct {
	sync.Mutex
	offsets []uint64
	texts   []string
	last    string
	author  string
	told    []centrifuge.SubscribedEvent
	ended   uint32
}

func (h *heard) follow(sub *centrifuge.Subscription) {
	sub.OnSubscribed(func(e centrifuge.SubscribedEvent) {
		h.Lock()
		defer h.Unlock()
		h.told = append(h.told, e)
	})
	sub.OnUnsubscribed(func(e centrifuge.UnsubscribedEvent) {
		h.Lock()
		defer h.Unlock()
		h.ended = e.Code
	})
	sub.OnPublication(func(e centrifuge.PublicationEvent) {
		var event struct{ ID, Text string }
		must(json.Unmarshal(e.Data, &event))
		h.Lock()
		defer h.Unlock()
		h.offsets = append(h.offsets, e.Offset)
		h.texts = append(h.texts, event.Text)
		h.last = event.ID
		h.author = e.Info.User
	})
}

func exercise(given input) {
	ctx, cancel := context.WithTimeout(context.Background(), 4*within)
	defer cancel()
	own := &tokens{access: given.Token, refresh: given.RefreshToken}
	var ended uint32
	var lock sync.Mutex
	client := centrifuge.NewJsonClient(address(given), centrifuge.Config{
		Token:             given.Token,
		MinReconnectDelay: 50 * time.Millisecond,
		GetToken: func(centrifuge.ConnectionTokenEvent) (string, error) {
			own.Lock()
			defer own.Unlock()
			own.asked++
			var answer struct{ AccessToken, RefreshToken string }
			call(given.URL, "", "POST", "/sessions/refresh", map[string]string{"refreshToken": own.refresh}, &answer)
			own.access, own.refresh = answer.AccessToken, answer.RefreshToken
			return own.access, nil
		},
	})
	client.OnDisconnected(func(e centrifuge.DisconnectedEvent) {
		lock.Lock()
		defer lock.Unlock()
		ended = e.Code
	})
	token := func() string {
		own.Lock()
		defer own.Unlock()
		return own.access
	}
	asked := func() int {
		own.Lock()
		defer own.Unlock()
		return own.asked
	}
	post := func(text string) {
		call(given.URL, token(), "POST", "/rooms/"+given.Room+"/messages", map[string]string{"text": text}, nil)
	}

	must(client.Connect())
	until("the connection", func() bool { return client.State() == centrifuge.StateConnected })
	check("tokens asked for", asked(), 1)
	fmt.Println("an expired token is replaced")

	sub, err := client.NewSubscription("room:" + given.Room)
	must(err)
	room := &heard{}
	room.follow(sub)
	must(sub.Subscribe())
	until("the subscription", func() bool { return sub.State() == centrifuge.SubStateSubscribed })
	start := room.told[0].StreamPosition.Offset
	for n := 1; n <= 5; n++ {
		_, err := sub.Publish(ctx, []byte(fmt.Sprintf(`{"text":"m%d"}`, n)))
		must(err)
	}
	until("five publications", func() bool { return room.count() == 5 })
	check("offsets", room.offsets, []uint64{start + 1, start + 2, start + 3, start + 4, start + 5})
	check("texts", room.texts, []string{"m1", "m2", "m3", "m4", "m5"})
	check("author", room.author, given.User)
	fmt.Println("publications come in order")

	newest, err := sub.History(ctx, centrifuge.WithHistoryLimit(2), centrifuge.WithHistoryReverse(true))
	must(err)
	check("newest", offsetsOf(newest), []uint64{start + 5, start + 4})
	top, err := sub.History(ctx)
	must(err)
	check("top", top.Offset, start+5)
	since, err := sub.History(ctx, centrifuge.WithHistoryLimit(9),
		centrifuge.WithHistorySince(&centrifuge.StreamPosition{Offset: start + 2, Epoch: top.Epoch}))
	must(err)
	check("since", offsetsOf(since), []uint64{start + 3, start + 4, start + 5})
	_, err = sub.History(ctx, centrifuge.WithHistoryLimit(9),
		centrifuge.WithHistorySince(&centrifuge.StreamPosition{Offset: 1, Epoch: "other"}))
	check("another epoch", codeOf(err), uint32(112))
	fmt.Println("history is read both ways")

	here, err := sub.Presence(ctx)
	must(err)
	_, present := here.Clients[given.User]
	check("here", present, true)
	stats, err := sub.PresenceStats(ctx)
	must(err)
	check("stats", stats.NumUsers, len(here.Clients))
	fmt.Println("presence is told")

	answer, err := client.RPC(ctx, "message.post", []byte(fmt.Sprintf(`{"room":%q,"text":"by rpc"}`, given.Room)))
	must(err)
	var posted struct{ ID string }
	must(json.Unmarshal(answer.Data, &posted))
	until("the post", func() bool { return room.newest() == posted.ID })
	_, err = client.RPC(ctx, "no.such", []byte(`{}`))
	check("no such method", codeOf(err), uint32(104))
	_, err = client.RPC(ctx, "message.post", []byte(`{"room":7}`))
	check("a bad call", codeOf(err), uint32(107))
	fmt.Println("rpc is answered")

	closedSub, err := client.NewSubscription("room:" + given.ClosedRoom)
	must(err)
	closed := &heard{}
	closed.follow(closedSub)
	must(closedSub.Subscribe())
	until("a refusal", func() bool { return closed.end() != 0 })
	check("a room of others", closed.end(), uint32(102))
	fmt.Println("a room of others is refused")

	must(client.Disconnect())
	for n := 1; n <= 7; n++ {
		post(fmt.Sprintf("missed%d", n))
	}
	must(client.Connect())
	until("what was missed", func() bool { return room.count() == 13 })
	for n := range room.offsets {
		check("all offsets", room.offsets[n], start+1+uint64(n))
	}
	check("recovered", room.told[len(room.told)-1].Recovered, true)
	fmt.Println("what was missed is recovered")

	must(sub.Unsubscribe())
	post("unheard")
	_, err = client.RPC(ctx, "typing", []byte(fmt.Sprintf(`{"room":%q}`, given.Room)))
	must(err)
	check("after unsubscribing", room.count(), 13)
	fmt.Println("unsubscribing ends it")

	before := asked()
	until("the refresh of the token", func() bool { return asked() > before })
	_, err = client.RPC(ctx, "typing", []byte(fmt.Sprintf(`{"room":%q}`, given.Room)))
	must(err)
	fmt.Println("the token is refreshed in time")

	call(given.URL, token(), "DELETE", "/sessions/current", nil, nil)
	until("the end", func() bool {
		lock.Lock()
		defer lock.Unlock()
		return ended >= 3000
	})
	check("the end", ended, uint32(3503))
	fmt.Println("signing out ends it")
}

func (h *heard) count() int {
	h.Lock()
	defer h.Unlock()
	return len(h.offsets)
}

func (h *heard) newest() string {
	h.Lock()
	defer h.Unlock()
	return h.last
}

func (h *heard) end() uint32 {
	h.Lock()
	defer h.Unlock()
	return h.ended
}

func offsetsOf(result centrifuge.HistoryResult) []uint64 {
	var offsets []uint64
	for _, publication := range result.Publications {
		offsets = append(offsets, publication.Offset)
	}
	return offsets
}

func codeOf(err error) uint32 {
	var told *centrifuge.Error
	if errors.As(err, &told) {
		return told.Code
	}
	return 0
}

func until(what string, condition func() bool) {
	for giveUp := time.Now().Add(within); time.Now().Before(giveUp); time.Sleep(10 * time.Millisecond) {
		if condition() {
			return
		}
	}
	must(fmt.Errorf("waited in vain for %s", what))
}

func check(name string, got, expected any) {
	if !reflect.DeepEqual(got, expected) {
		fmt.Fprintf(os.Stderr, "%s: got %v, not %v\n", name, got, expected)
		os.Exit(1)
	}
}

// call asks the HTTP API.
func call(base, token, method, path string, body, answer any) {
	data, err := json.Marshal(body)
	must(err)
	request, err := http.NewRequest(method, base+"/api/v1"+path, bytes.NewReader(data))
	must(err)
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(request)
	must(err)
	defer response.Body.Close()
	if response.StatusCode >= 300 {
		must(fmt.Errorf("%s %s answered %s", method, path, response.Status))
	}
	if answer != nil {
		must(json.NewDecoder(response.Body).Decode(answer))
	}
}
