// Go's channels in the shapes of the benchmark, a row for each line of input:
//
//	SHAPE CAPACITY MESSAGES     PxC, pingpong or selectN; answers with million messages a second
//	arms ARMS ROUNDS            rounds of a select over so many; answers with nanoseconds for each
//	parked PROCESSES            starts so many goroutines that wait; answers with the bytes that
//	                            each has in use, and in RAM
//	chain PROCESSES             a daisy chain of so many; answers with seconds and the MiB that the
//	                            program took at most
//
// It runs on as many threads as GOMAXPROCS says.
package main

import (
	"bufio"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		for _, number := range answer(words[0], numbers(words[1:])) {
			fmt.Print(number, " ")
		}
		fmt.Println()
	}
}

func numbers(words []string) []int {
	var numbers []int
	for _, word := range words {
		number, err := strconv.Atoi(word)
		if err != nil {
			panic(err)
		}
		numbers = append(numbers, number)
	}
	return numbers
}

func answer(what string, numbers []int) []float64 {
	switch what {
	case "arms":
		return []float64{arms(numbers[0], numbers[1])}
	case "parked":
		return parked(numbers[0])
	case "chain":
		return chain(numbers[0])
	}
	return []float64{row(what, numbers[0], numbers[1])}
}

func row(shape string, capacity, messages int) float64 {
	switch shape {
	case "pingpong":
		return pingPong(capacity, messages/2)
	case "select2":
		return selectOver(2, capacity, messages/2, take2)
	case "select8":
		return selectOver(8, capacity, messages/8, take8)
	case "select64":
		return selectOver(64, capacity, messages/64, take64)
	}
	var producers, consumers int
	if _, err := fmt.Sscanf(shape, "%dx%d", &producers, &consumers); err != nil {
		panic(shape)
	}
	return fan(producers, consumers, capacity, messages/producers)
}

// rate is so many messages since start, in millions a second.
func rate(start time.Time, messages int) float64 {
	return float64(messages) / time.Since(start).Seconds() / 1e6
}

func produce(c chan<- int, count int) {
	for number := 0; number < count; number++ {
		c <- number
	}
}

func fan(producers, consumers, capacity, each int) float64 {
	c := make(chan int, capacity)
	taken := make(chan int, consumers)
	var producing sync.WaitGroup
	start := time.Now()
	producing.Add(producers)
	for p := 0; p < producers; p++ {
		go func() {
			produce(c, each)
			producing.Done()
		}()
	}
	for i := 0; i < consumers; i++ {
		go func() {
			count := 0
			for range c {
				count++
			}
			taken <- count
		}()
	}
	producing.Wait()
	close(c)
	total := 0
	for i := 0; i < consumers; i++ {
		total += <-taken
	}
	if total != producers*each {
		panic("every value is taken once")
	}
	return rate(start, total)
}

func pingPong(capacity, trips int) float64 {
	there, back := make(chan int, capacity), make(chan int, capacity)
	start := time.Now()
	go func() {
		for trip := 0; trip < trips; trip++ {
			back <- <-there
		}
	}()
	for trip := 0; trip < trips; trip++ {
		there <- trip
		<-back
	}
	return rate(start, 2*trips)
}

func selectOver(channels, capacity, each int, take func([]chan int, int)) float64 {
	var c []chan int
	for i := 0; i < channels; i++ {
		c = append(c, make(chan int, capacity))
	}
	done := make(chan bool)
	start := time.Now()
	for _, c := range c {
		go produce(c, each)
	}
	go func() {
		take(c, channels*each)
		done <- true
	}()
	<-done
	return rate(start, channels*each)
}

// arms is what a round of a select takes, made from a list: in each, the one who selects waits, and a
// value comes for one arm, chosen at random.
func arms(arms, rounds int) float64 {
	var channels []chan int
	var cases []reflect.SelectCase
	for i := 0; i < arms; i++ {
		c := make(chan int, 1)
		channels = append(channels, c)
		cases = append(cases, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(c)})
	}
	taken := make(chan bool)
	go func() {
		for i := 0; i < rounds; i++ {
			reflect.Select(cases)
			taken <- true
		}
	}()
	random := uint32(0x9E3779B9)
	start := time.Now()
	for i := 0; i < rounds; i++ {
		random = random*1664525 + 1013904223
		channels[uint64(random)*uint64(arms)>>32] <- i
		<-taken
	}
	return float64(time.Since(start).Nanoseconds()) / float64(rounds)
}

// parked is what a goroutine takes that waits for a channel.
func parked(processes int) []float64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	ram := status("VmRSS:")
	c := make(chan int)
	var started sync.WaitGroup
	started.Add(processes)
	for i := 0; i < processes; i++ {
		go func() {
			started.Done()
			<-c
		}()
	}
	started.Wait()
	ram = status("VmRSS:") - ram
	runtime.GC()
	runtime.ReadMemStats(&after)
	inUse := after.HeapAlloc + after.StackInuse - before.HeapAlloc - before.StackInuse
	close(c)
	return []float64{float64(inUse) / float64(processes), float64(ram) / float64(processes)}
}

// status is a line of what the system knows about the program's memory, in bytes.
func status(name string) int {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		panic(err)
	}
	for _, line := range strings.Split(string(status), "\n") {
		if strings.HasPrefix(line, name) {
			kib, err := strconv.Atoi(strings.Fields(line)[1])
			if err != nil {
				panic(err)
			}
			return kib * 1024
		}
	}
	panic("no " + name)
}

// chain passes a number through a row of processes, each of which adds one.
func chain(processes int) []float64 {
	start := time.Now()
	first := make(chan int)
	last := first
	for i := 0; i < processes; i++ {
		in, out := last, make(chan int)
		go func() { out <- 1 + <-in }()
		last = out
	}
	first <- 0
	if <-last != processes {
		panic("each adds one")
	}
	return []float64{time.Since(start).Seconds(), float64(status("VmHWM:")) / (1 << 20)}
}

func take2(from []chan int, total int) {
	a, b := from[0], from[1]
	for ; total > 0; total-- {
		select {
		case <-a:
		case <-b:
		}
	}
}

func take8(from []chan int, total int) {
	a, b, c, d, e, f, g, h := from[0], from[1], from[2], from[3], from[4], from[5], from[6], from[7]
	for ; total > 0; total-- {
		select {
		case <-a:
		case <-b:
		case <-c:
		case <-d:
		case <-e:
		case <-f:
		case <-g:
		case <-h:
		}
	}
}

func take64(from []chan int, total int) {
	for ; total > 0; total-- {
		select {
		case <-from[0]:
		case <-from[1]:
		case <-from[2]:
		case <-from[3]:
		case <-from[4]:
		case <-from[5]:
		case <-from[6]:
		case <-from[7]:
		case <-from[8]:
		case <-from[9]:
		case <-from[10]:
		case <-from[11]:
		case <-from[12]:
		case <-from[13]:
		case <-from[14]:
		case <-from[15]:
		case <-from[16]:
		case <-from[17]:
		case <-from[18]:
		case <-from[19]:
		case <-from[20]:
		case <-from[21]:
		case <-from[22]:
		case <-from[23]:
		case <-from[24]:
		case <-from[25]:
		case <-from[26]:
		case <-from[27]:
		case <-from[28]:
		case <-from[29]:
		case <-from[30]:
		case <-from[31]:
		case <-from[32]:
		case <-from[33]:
		case <-from[34]:
		case <-from[35]:
		case <-from[36]:
		case <-from[37]:
		case <-from[38]:
		case <-from[39]:
		case <-from[40]:
		case <-from[41]:
		case <-from[42]:
		case <-from[43]:
		case <-from[44]:
		case <-from[45]:
		case <-from[46]:
		case <-from[47]:
		case <-from[48]:
		case <-from[49]:
		case <-from[50]:
		case <-from[51]:
		case <-from[52]:
		case <-from[53]:
		case <-from[54]:
		case <-from[55]:
		case <-from[56]:
		case <-from[57]:
		case <-from[58]:
		case <-from[59]:
		case <-from[60]:
		case <-from[61]:
		case <-from[62]:
		case <-from[63]:
		}
	}
}
