// A chat as it is written with gorilla/websocket and go-redis: a queue and a writer for each socket, after gorilla's chat example, and each
// server hears the rooms that it has sockets in.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/redis/go-redis/v9"
)

// As in the example: a socket whose queue is full is closed.
const queuedMessages = 256

type asked struct {
	ID   int    `json:"id"`
	Join string `json:"join,omitempty"`
	Room string `json:"room,omitempty"`
	Post string `json:"post,omitempty"`
}

type author struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type message struct {
	ID     string `json:"id"`
	Room   string `json:"room"`
	Offset int    `json:"offset"`
	Type   string `json:"type"`
	Author author `json:"author"`
	At     string `json:"at"`
	Text   string `json:"text"`
}

type client struct {
	socket *websocket.Conn
	send   chan []byte
}

type room struct {
	mutex   sync.Mutex
	clients map[*client]bool
}

type chat struct {
	redis    *redis.Client
	mutex    sync.Mutex
	rooms    map[string]*room
	offsets  map[string]int
	upgrader websocket.Upgrader
}

var background = context.Background()

func main() {
	options, err := redis.ParseURL(os.Args[1])
	if err != nil {
		panic(err)
	}
	c := &chat{redis: redis.NewClient(options), rooms: map[string]*room{}, offsets: map[string]int{}}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go tellParent(listener.Addr().(*net.TCPAddr).Port)
	panic(http.Serve(listener, c))
}

// As Node's processes do; without the parent there is nothing more to do.
func tellParent(port int) {
	descriptor, err := strconv.Atoi(os.Getenv("NODE_CHANNEL_FD"))
	if err != nil {
		panic(err)
	}
	channel := os.NewFile(uintptr(descriptor), "parent")
	fmt.Fprintf(channel, "{\"port\":%d}\n", port)
	bufio.NewReader(channel).ReadString(0)
	os.Exit(0)
}

func (c *chat) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	socket, err := c.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	one := &client{socket: socket, send: make(chan []byte, queuedMessages)}
	go one.write()
	c.read(one)
}

func (c *chat) read(one *client) {
	var joined *room
	defer func() {
		if joined != nil {
			joined.leave(one)
		}
		one.socket.Close()
	}()
	for {
		_, data, err := one.socket.ReadMessage()
		if err != nil {
			return
		}
		var what asked
		if json.Unmarshal(data, &what) != nil {
			return
		}
		if what.Join != "" {
			joined = c.room(what.Join)
			joined.join(one)
		} else if c.redis.Publish(background, what.Room, c.newMessage(what.Room, what.Post)).Err() != nil {
			return
		}
		one.send <- []byte(fmt.Sprintf("{\"id\":%d}", what.ID))
	}
}

func (c *chat) newMessage(room string, text string) []byte {
	c.mutex.Lock()
	c.offsets[room]++
	offset := c.offsets[room]
	c.mutex.Unlock()
	id := fmt.Sprintf("%032x", time.Now().UnixNano())
	at := time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
	data, _ := json.Marshal(message{id, room, offset, "message.posted", author{id, "Ana"}, at, text})
	return data
}

func (c *chat) room(id string) *room {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if known, found := c.rooms[id]; found {
		return known
	}
	fresh := &room{clients: map[*client]bool{}}
	c.rooms[id] = fresh
	subscription := c.redis.Subscribe(background, id)
	if _, err := subscription.Receive(background); err != nil {
		panic(err)
	}
	go func() {
		for heard := range subscription.Channel() {
			fresh.tell([]byte(heard.Payload))
		}
	}()
	return fresh
}

func (r *room) join(one *client) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.clients[one] = true
}

// Its writer ends with its queue.
func (r *room) leave(one *client) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.clients[one] {
		delete(r.clients, one)
		close(one.send)
	}
}

func (r *room) tell(data []byte) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	for one := range r.clients {
		select {
		case one.send <- data:
		default:
			delete(r.clients, one)
			close(one.send)
		}
	}
}

// What waits leaves in one frame, a message a line.
func (one *client) write() {
	defer one.socket.Close()
	for data := range one.send {
		lines := [][]byte{data}
		for waiting := len(one.send); waiting > 0; waiting-- {
			lines = append(lines, <-one.send)
		}
		if one.socket.WriteMessage(websocket.TextMessage, bytes.Join(lines, []byte{'\n'})) != nil {
			return
		}
	}
}
