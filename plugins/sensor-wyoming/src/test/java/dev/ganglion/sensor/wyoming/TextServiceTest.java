package dev.ganglion.sensor.wyoming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Sample;
import dev.ganglion.api.sense.Sensor;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Home Assistant's side of a conversation, byte by byte. */
class TextServiceTest {
    private static final String ON =
            "{\"type\":\"transcript\",\"version\":\"1.7.2\",\"data_length\":37}~"
                    + "{\"text\":\"lights on\",\"language\":\"en\"} ";
    private static final Decision TURN_ON =
            new Decision("HassTurnOn", Map.of("area", "kitchen"), 0.9, true);

    private final List<Sample<?>> samples = new CopyOnWriteArrayList<>();
    private final CountDownLatch busy = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private final Route route = new Route(this::handle);
    private int port;

    @BeforeEach
    void find() throws IOException {
        port = Peer.freePort();
    }

    /** Does what the text says. */
    private void handle(Sample<?> sample, Sensor.Follower follower) {
        samples.add(sample);
        switch (sample.value().toString()) {
            case "lights on" -> {
                follower.heard("lights on");
                follower.said("Turning on ");
                follower.said("the lights.");
                follower.decided(TURN_ON, "");
            }
            case "open the door" -> {
                follower.said("Opening the door.");
                follower.decided(TURN_ON, "The door opens from 7 to 22 only.");
            }
            case "try again" -> {
                follower.decided(TURN_ON, "The door opens from 7 to 22 only.");
                follower.decided(TURN_ON, "");
                follower.said("It is on.");
            }
            case "mumble" -> follower.decided(new Decision("HassTurnOn", Map.of(), 0.2, false), "");
            case "sing" -> {
                follower.said("I cannot sing.");
                follower.decided(new Decision("none", Map.of(), 0.9, true), "");
            }
            case "for ever" -> {
                for (int i = 0; i < 10_000; i++) {
                    follower.said("and on ");
                }
            }
            case "throw" -> throw new IllegalStateException("bad day");
            case "wait" -> {
                busy.countDown();
                await(release);
                follower.said("Waited.");
            }
            default -> {}
        }
        follower.ended(sample.value().toString().equals("fail") ? "the model is gone" : "");
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private String answerTo(String text, String... options) throws Exception {
        try (AutoCloseable open = Sensors.open(route, port, options);
                Peer peer = new Peer(port)) {
            assertThat(open).isNotNull();
            return peer.send("{\"type\":\"transcript\",\"data\":{\"text\":\"" + text + "\"}}~")
                    .next();
        }
    }

    @Test
    void aTextIsHandledAndTheConnectionStays() throws Exception {
        try (AutoCloseable open = Sensors.open(route, port);
                Peer peer = new Peer(port)) {
            assertThat(open).isNotNull();
            for (int i = 0; i < 2; i++) {
                assertThat(peer.send(ON).next())
                        .isEqualTo("handled {\"text\":\"Turning on the lights.\"}");
            }
        }
        assertThat(samples)
                .extracting(Sample::stream, Sample::sequence, Sample::last)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("wyoming-1", 1L, true),
                        org.assertj.core.groups.Tuple.tuple("wyoming-1", 2L, true));
    }

    @Test
    void describeSaysWhatThereIsAndPingIsAnswered() throws Exception {
        try (AutoCloseable open = Sensors.open(route, port, "languages=en, de");
                Peer peer = new Peer(port)) {
            assertThat(open).isNotNull();
            assertThat(peer.send("{\"type\":\"describe\"}~").next())
                    .startsWith("info {\"asr\":[],\"tts\":[],\"handle\":[{\"name\":\"Ganglion\"")
                    .contains(
                            "\"attribution\":{",
                            "\"installed\":true",
                            "\"languages\":[\"en\",\"de\"]",
                            "\"supports_home_control\":true",
                            "\"intent\":[]");
            assertThat(peer.send("{\"type\":\"ping\",\"data\":{\"text\":\"a\"}}~").next())
                    .isEqualTo("pong {\"text\":\"a\"}");
            assertThat(peer.send("{\"type\":\"ping\",\"data\":{\"text\":null}}~").next())
                    .isEqualTo("pong");
            assertThat(peer.send("{\"type\":\"timer-started\"}~" + ON).next())
                    .startsWith("handled");
        }
    }

    @Test
    void aRefusedActionIsNotHandledWhateverTheModelSaid() throws Exception {
        assertThat(answerTo("open the door"))
                .isEqualTo("not-handled {\"text\":\"The door opens from 7 to 22 only.\"}");
    }

    @Test
    void whatWasDoneAfterARefusalIsHandled() throws Exception {
        assertThat(answerTo("try again")).isEqualTo("handled {\"text\":\"It is on.\"}");
    }

    @Test
    void whatWasRecognizedAfterARefusalIsAnIntent() throws Exception {
        assertThat(answerTo("try again", "answer=intent")).startsWith("intent {");
    }

    @Test
    void whatIsNotSureOrNotUnderstoodIsNotHandled() throws Exception {
        assertThat(answerTo("mumble"))
                .isEqualTo("not-handled {\"text\":\"This was not understood.\"}");
        assertThat(answerTo("hum")).startsWith("not-handled");
        assertThat(answerTo("  ")).startsWith("not-handled");
        assertThat(samples).hasSize(2);
    }

    @Test
    void anActionIsLeftToTheClientWithItsEntities() throws Exception {
        try (AutoCloseable open = Sensors.open(route, port, "answer=intent");
                Peer peer = new Peer(port)) {
            assertThat(open).isNotNull();
            String intent = "intent {\"name\":\"HassTurnOn\",\"entities\":[{";
            assertThat(peer.send("{\"type\":\"describe\"}~").next())
                    .contains("\"handle\":[],\"intent\":[{\"name\"");
            assertThat(peer.send(ON).next()).startsWith(intent).contains("\"value\":\"kitchen\"");
            assertThat(
                            peer.send(
                                            "{\"type\":\"recognize\",\"data\":{\"text\":\"lights"
                                                    + " on\"}}~")
                                    .next())
                    .startsWith(intent)
                    .contains("\"name\":\"area\"", "\"text\":\"Turning on the lights.\"");
            assertThat(peer.send("{\"type\":\"recognize\",\"data\":{\"text\":\"sing\"}}~").next())
                    .isEqualTo("not-recognized {\"text\":\"I cannot sing.\"}");
        }
        assertThat(answerTo("open the door", "answer=intent"))
                .startsWith("not-recognized {\"text\":\"The door");
    }

    @Test
    void aReplyIsStreamedAsItIsMade() throws Exception {
        try (AutoCloseable open = Sensors.open(route, port, "stream=true");
                Peer peer = new Peer(port)) {
            assertThat(open).isNotNull();
            peer.send(ON);
            assertThat(List.of(peer.next(), peer.next(), peer.next(), peer.next(), peer.next()))
                    .containsExactly(
                            "handled-start",
                            "handled-chunk {\"text\":\"Turning on \"}",
                            "handled-chunk {\"text\":\"the lights.\"}",
                            "handled {\"text\":\"Turning on the lights.\"}",
                            "handled-stop");
            assertThat(peer.send("{\"type\":\"describe\"}~").next())
                    .contains("\"supports_handled_streaming\":true");
        }
    }

    @Test
    void whatFailsIsAnErrorAndEndsTheConnection() throws Exception {
        try (AutoCloseable open = Sensors.open(route, port)) {
            assertThat(open).isNotNull();
            try (Peer peer = new Peer(port)) {
                peer.send("{\"type\":\"transcript\",\"data\":{\"text\":\"fail\"}}~");
                assertThat(peer.next())
                        .contains("error {", "the model is gone", "\"intent-failed\"");
                assertThat(peer.next()).isEqualTo("end");
            }
            try (Peer peer = new Peer(port)) {
                peer.send("{\"type\":\"transcript\",\"data\":{\"text\":\"throw\"}}~");
                assertThat(peer.next()).contains("error {", "bad day");
            }
            try (Peer peer = new Peer(port)) {
                peer.send("{\"type\":\"transcript\",\"data\":{\"text\":\"for ever\"}}~");
                assertThat(peer.next()).contains("error {", "longer than 16384 characters");
            }
            try (Peer peer = new Peer(port)) {
                assertThat(peer.send(ON).next()).startsWith("handled");
            }
        }
    }

    @Test
    void whatIsNotOfferedIsRefusedWithWhatIs() throws Exception {
        try (AutoCloseable open = Sensors.open(route, port)) {
            assertThat(open).isNotNull();
            for (String type :
                    List.of("transcribe", "audio-start", "audio-stop", "recognize", "synthesize")) {
                try (Peer peer = new Peer(port)) {
                    assertThat(peer.send("{\"type\":\"" + type + "\"}~").next())
                            .startsWith("error {")
                            .contains("'" + type + "'", "takes describe, ping, transcript;");
                    assertThat(peer.next()).isEqualTo("end");
                }
            }
            try (Peer peer = new Peer(port)) {
                assertThat(peer.send("{\"type\":\"transcript\"}~").next())
                        .contains("as 'text', found none");
            }
            try (Peer peer = new Peer(port)) {
                assertThat(peer.send("{\"type\":\"transcript\",\"data\":{\"text\":[1]}}~").next())
                        .contains("has text as 'text'");
            }
        }
        assertThat(route.failures).hasSize(7).allMatch(failure -> failure.startsWith("wyoming-"));
    }

    @Test
    void aLieAboutLengthsEndsThatConnectionOnly() throws Exception {
        try (AutoCloseable open = Sensors.open(route, port, "maxDataBytes=300");
                Peer good = new Peer(port)) {
            assertThat(open).isNotNull();
            try (Peer peer = new Peer(port)) {
                peer.send("{\"type\":\"transcript\",\"data_length\":301}~" + "x".repeat(200_000));
                assertThat(peer.next()).contains("error {", "at most 300 are taken");
            }
            try (Peer peer = new Peer(port)) {
                peer.send("{\"type\":\"transcript\",\"data_length\":4}~{\"text\":\"hello\"}");
                assertThat(peer.next()).contains("error {", "one JSON object");
            }
            try (Peer peer = new Peer(port)) {
                peer.send("GET / HTTP/1.1\r~");
                assertThat(peer.next()).contains("error {", "'GET / HTTP/1.1?'");
            }
            assertThat(good.send(ON).next()).startsWith("handled");
        }
        assertThat(route.failures).hasSize(3);
    }

    @Test
    void aSlowAnswerDoesNotHoldUpOtherClients() throws Exception {
        try (AutoCloseable open = Sensors.open(route, port);
                Peer slow = new Peer(port);
                Peer quick = new Peer(port)) {
            assertThat(open).isNotNull();
            slow.send("{\"type\":\"transcript\",\"data\":{\"text\":\"wait\"}}~");
            await(busy);
            assertThat(quick.send(ON).next()).startsWith("handled");
            release.countDown();
            assertThat(slow.next()).isEqualTo("handled {\"text\":\"Waited.\"}");
        }
        assertThat(samples).extracting(Sample::stream).doesNotHaveDuplicates();
    }

    @Test
    void oneClientTooManyIsToldSoAndServedLater() throws Exception {
        try (AutoCloseable open = Sensors.open(route, port, "maxConnections=1")) {
            assertThat(open).isNotNull();
            try (Peer first = new Peer(port)) {
                assertThat(first.send(ON).next()).startsWith("handled");
                try (Peer second = new Peer(port)) {
                    assertThat(second.send(ON).next())
                            .contains("error {", "at most 1 clients", "maxConnections");
                }
            }
            String answer = "error";
            // The seat is free again once the server has seen the first client leave.
            for (int i = 0; i < 1_000 && answer.startsWith("error"); i++) {
                try (Peer next = new Peer(port)) {
                    answer = next.send(ON).next();
                }
            }
            assertThat(answer).startsWith("handled");
        }
        assertThat(samples).extracting(Sample::stream).containsOnly("wyoming-1");
    }

    @Test
    void whoSaysNothingOrHalfAnEventIsSentAway() throws Exception {
        try (AutoCloseable open = Sensors.open(route, port, "idleMillis=50")) {
            assertThat(open).isNotNull();
            try (Peer silent = new Peer(port)) {
                assertThat(silent.next()).contains("error {", "\"timeout\"", "50 ms");
                assertThat(silent.next()).isEqualTo("end");
            }
            try (Peer half = new Peer(port)) {
                assertThat(half.send("{\"type\":").next()).contains("not complete after 50 ms");
            }
        }
    }

    @Test
    @Timeout(60)
    void whoOnlyAsksWhetherSomebodyIsThereIsSentAway() throws Exception {
        try (AutoCloseable open = Sensors.open(route, port, "idleMillis=100")) {
            assertThat(open).isNotNull();
            for (String type : List.of("ping", "describe", "timer-started\"}~{\"type\":\"ping")) {
                try (Peer peer = new Peer(port)) {
                    String answer;
                    do {
                        answer = peer.send("{\"type\":\"" + type + "\"}~").next();
                    } while (!answer.startsWith("error"));
                    assertThat(answer).contains("\"timeout\"", "nothing to do came for 100 ms");
                }
            }
        }
    }

    @Test
    void oneOtherMachineDoesNotGetAllSeats() throws Exception {
        InetAddress ofNetwork =
                NetworkInterface.networkInterfaces()
                        .flatMap(NetworkInterface::inetAddresses)
                        .filter(Inet4Address.class::isInstance)
                        .filter(address -> !address.isLoopbackAddress())
                        .findFirst()
                        .orElse(null);
        assumeTrue(ofNetwork != null, "this machine has no address but its own");
        try (AutoCloseable open = Sensors.open(route, port, "host=0.0.0.0")) {
            assertThat(open).isNotNull();
            List<Peer> peers = new ArrayList<>();
            for (int i = 0; i < ClientShares.CONNECTIONS; i++) {
                Peer peer = new Peer(new Socket(ofNetwork, port));
                peers.add(peer);
                assertThat(peer.send(ON).next()).startsWith("handled");
            }
            try (Peer more = new Peer(new Socket(ofNetwork, port))) {
                assertThat(more.send(ON).next())
                        .contains("error {", "at most 4 connections of one client", "\"busy\"");
            }
            try (Peer here = new Peer(port)) {
                assertThat(here.send(ON).next()).startsWith("handled");
            }
            for (Peer peer : peers) {
                peer.close();
            }
        }
    }

    @Test
    void aPortThatIsTakenIsRefusedByName() throws Exception {
        try (AutoCloseable open = Sensors.open(route, port)) {
            assertThat(open).isNotNull();
            assertThatThrownBy(() -> Sensors.open(route, port).close())
                    .isInstanceOf(GanglionException.class)
                    .hasMessageContaining("tcp://127.0.0.1:" + port)
                    .hasMessageContaining("set host");
        }
    }

    @Test
    void optionsThatDoNotGoTogetherAreRefused() {
        for (String[] options :
                new String[][] {
                    {"answer=intent", "kind=audio"},
                    {"answer=intent", "stream=true"},
                    {"connect=tcp://a:1"},
                    {"kind=audio", "connect=a:1"},
                    {"languages=,"},
                    {"host=no.such.host.invalid"}
                }) {
            assertThatThrownBy(() -> Sensors.open(route, port, options).close())
                    .as(String.join(" ", options))
                    .isInstanceOf(GanglionException.class);
        }
    }
}
