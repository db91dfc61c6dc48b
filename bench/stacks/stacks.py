"""The stacks that are compared: how each is brought up, with echo, discard and chargen for the kernel as peer."""
import os
import shutil
import subprocess

from lab import Missing

HOST, PEER, NET = "10.88.0.2", "10.88.0.1", 24


class Stack:
    """One contender. `start` leaves `peer` (the namespace the load runs in), `host` (the address it goes to) and
    `programs`, of which the first is the one whose memory counts; the processor time is that of all."""

    java = False
    user_space = True
    shift = 0  # of the ports
    host = HOST

    def __init__(self, lab, settings):
        self.lab = lab
        self.settings = settings
        self.programs = []
        self.without = {}  # measure: why this stack has none

    def start(self):
        raise NotImplementedError

    def launch(self, space, *words):
        program = space.start(*words)
        self.programs.append(program)
        return program

    def answers(self):
        load = self.lab.build("load")
        done = subprocess.run(self.peer.inside([load, "rr", self.host, 7 + self.shift, 1, 0.01]),
                              capture_output=True, text=True)
        return done.returncode == 0

    def ready(self):
        self.lab.wait(self.label, 20, self.programs[0], self.answers)

    def kernel_end(self, device, program):
        """The peer's end of a TAP that the program makes."""
        path = "/sys/class/net/" + device
        self.lab.wait(self.label, 10, program, lambda: not subprocess.run(
            self.peer.inside(["test", "-e", path]), capture_output=True).returncode)
        self.peer.ip("address", "add", "%s/%d" % (PEER, NET), "dev", device)
        self.peer.ip("link", "set", device, "up")


DAEMON = """%s
[[interface]]
name = "%s"
driver = "%s"
addresses = ["%s/%d"]
probe = false
%s
[services]
echo = true
discard = true
chargen = true
[control]
socket = "%s"
"""


class Splnet(Stack):
    """The daemon with its own services on a TAP."""

    key, label = "tap", "splnet on a TAP"
    java = True

    def daemon(self, space, name, driver, more):
        control = os.path.join(self.lab.dir, self.key + ".sock")
        config = self.lab.file(self.key + ".toml", DAEMON % ("\n".join(self.settings), name, driver, HOST, NET, more,
                                                             control))
        self.launch(space, self.lab.home + "/bin/splnet", "daemon", "--config", config)
        return control

    def start(self):
        self.peer = self.lab.space(self.key)
        control = self.daemon(self.peer, "splnet0", "tap", 'host-address = "%s/%d"' % (PEER, NET))
        self.more(control)
        self.ready()

    def more(self, control):
        pass


class Lent(Splnet):
    """The same services in other processes, on sockets that the daemon lends through its control socket."""

    key, label = "lent", "splnet, services in other processes"
    shift = 5000
    attached = ()

    def __init__(self, lab, settings):
        super().__init__(lab, settings)
        self.without = {
            "ping": "is answered in the daemon: see %s" % Splnet.label,
            "udp": "bench/loads/lent.c serves TCP only",
        }

    def more(self, control):
        lent = self.lab.build("lent")
        self.lab.wait(self.label, 20, self.programs[0], lambda: os.path.exists(control))
        for port, service in ((7, "echo"), (9, "discard"), (19, "chargen")):
            program = self.launch(self.peer, lent, control, port + self.shift, service, *self.attached)
            self.lab.wait("lent " + service, 10, program, lambda: "ready" in program.output())


class Shared(Lent):
    """The same, their octets in memory that they share with the daemon, one MiB for each direction."""

    key, label = "ring", "splnet, the same in shared memory"
    shift = 6000
    attached = ("1048576", "100")  # octets of each direction; microseconds that it looks before it sleeps


class Nic(Splnet):
    """The daemon on a NIC of the host, one end of a veth pair."""

    key, label = "nic", "splnet on a NIC (veth)"

    def start(self):
        space, self.peer = self.lab.space("nic"), self.lab.space("nic-peer")
        space.veth("nic", self.peer, "peer")
        self.peer.ip("address", "add", "%s/%d" % (PEER, NET), "dev", "peer")
        self.daemon(space, "splnet0", "pcap", 'device = "nic"')
        self.ready()


class Kernel(Stack):
    """The kernel's own stack in another namespace."""

    key, label = "kernel", "kernel over veth"
    user_space = False

    def start(self):
        space, self.peer = self.lab.space(self.key), self.lab.space(self.key + "-peer")
        space.veth("end", self.peer, "peer")
        space.ip("address", "add", "%s/%d" % (HOST, NET), "dev", "end")
        self.peer.ip("address", "add", "%s/%d" % (PEER, NET), "dev", "peer")
        self.cable(space)
        self.launch(space, self.lab.build("serve"), HOST)
        self.ready()

    def cable(self, space):
        pass


class PlainKernel(Kernel):
    key, label = "kernel-plain", "kernel over veth, no offloads"

    def cable(self, space):
        for end, name in ((space, "end"), (self.peer, "peer")):
            end.run("ethtool", "-K", name, "tso", "off", "gso", "off", "gro", "off")


class Bare(Stack):
    """The least TCP there can be, in C."""

    key, label = "bare", "bare loop in C on a TAP"
    polling = 0

    def start(self):
        self.peer = self.lab.space(self.key)
        program = self.launch(self.peer, *self.words())
        self.kernel_end("tap0", program)
        self.ready()

    def words(self):
        return self.lab.build("bare"), "tap0", HOST, self.polling


class PollingBare(Bare):
    key, label = "bare-poll", "the same, polling for 50 µs"
    polling = 50


class Lwip(Bare):
    key, label = "lwip", "lwIP, raw API, on a TAP"

    def words(self):
        if not os.path.exists("/usr/include/lwip/lwipopts.h"):
            raise Missing("Debian's liblwip-dev is not installed")
        return self.lab.build("lwip", "-I/usr/include/lwip", "-llwip"), "tap0", HOST


class Relayed(Stack):
    """A stack that ends the peer's connections and goes on by the host's sockets: what serves is the kernel's loopback.
    The processor time is the relay's, without who serves behind it."""

    def start(self):
        if not shutil.which(self.program):
            raise Missing("Debian's %s is not installed" % self.package)
        self.peer, self.outside = self.lab.space(self.key), self.lab.space(self.key + "-host")
        self.outside.start(self.lab.build("serve"), "127.0.0.1")
        self.prepare()
        self.launch(self.outside, *self.words("/run/netns/" + self.peer.name))
        self.ready()

    def prepare(self):
        pass


class Slirp(Relayed):
    key, label = "slirp", "slirp4netns, MTU 65520"
    program = package = "slirp4netns"
    host = "10.0.2.2"

    def words(self, peer):
        return self.program, "--configure", "--mtu=65520", "--netns-type=path", peer, "tap0"


class Pasta(Relayed):
    key, label = "pasta", "pasta, MTU 65520, by its TAP"
    program, package = "pasta", "passt"
    host = "10.87.0.1"

    def prepare(self):
        # a link to take address and router from; nothing ever goes there
        self.outside.veth("wan", self.outside, "wan-end")
        self.outside.ip("address", "add", "10.87.0.2/24", "dev", "wan")
        self.outside.ip("route", "add", "default", "via", self.host)
        self.outside.run("sysctl", "-qw", "net.ipv4.ping_group_range=0 2147483647")

    def words(self, peer):
        # as root, since as nobody it cannot enter a namespace of root's
        return (self.program, "--runas", "0:0", "--foreground", "--stderr", "--ipv4-only", "--config-net",
                "--mtu", "65520", "-t", "none", "-u", "none", "-T", "none", "-U", "none", "--ns-ifname", "tap0",
                "--netns-only", "--netns", peer)


ALL = (Splnet, Lent, Shared, Nic, Kernel, PlainKernel, Bare, PollingBare, Lwip, Slirp, Pasta)
