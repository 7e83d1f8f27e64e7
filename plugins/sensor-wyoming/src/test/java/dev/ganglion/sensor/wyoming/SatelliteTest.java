package dev.ganglion.sensor.wyoming;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ganglion.api.data.Sample;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.sense.Sensor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A satellite and a microphone that are gone to. */
class SatelliteTest {
    private static final String RUN =
            "{\"type\":\"run-pipeline\",\"data\":{\"start_stage\":\"asr\",\"end_stage\":\"tts\"}}~";

    private final List<String> blocks = new CopyOnWriteArrayList<>();
    private final Route route = new Route(this::hear);
    private ServerSocket door;

    @BeforeEach
    void open() throws IOException {
        door = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        door.setSoTimeout(20_000);
    }

    @AfterEach
    void close() throws IOException {
        door.close();
    }

    /** Hears a command in a block that is loud, and trouble in one that is quiet. */
    private void hear(Sample<?> sample, Sensor.Follower follower) {
        Tensor block = (Tensor) sample.value();
        blocks.add(block.elements() + (sample.last() ? " last" : ""));
        float first = block.elements() == 0 ? 0 : block.floats().get(0);
        if (first > 0.4f) {
            follower.heard("lights on");
            follower.said("Done.");
        }
        follower.ended(first < -0.4f ? "the model is gone" : "");
    }

    private AutoCloseable listen(String... options) {
        String[] all = java.util.Arrays.copyOf(options, options.length + 3);
        all[options.length] = "kind=audio";
        all[options.length + 1] = "blockMillis=1";
        all[options.length + 2] = "connect=tcp://127.0.0.1:" + door.getLocalPort();
        return Sensors.open(route, 1, all);
    }

    private static int[] loud(int count, int value) {
        int[] samples = new int[count];
        java.util.Arrays.fill(samples, value);
        return samples;
    }

    @Test
    void aSatelliteIsToldWhatWasHeardAndWhatIsSaidAsHomeAssistantWould() throws Exception {
        try (AutoCloseable open = listen();
                Peer satellite = new Peer(door.accept())) {
            assertThat(open).isNotNull();
            assertThat(satellite.next()).isEqualTo("run-satellite");
            for (int i = 0; i < 2; i++) {
                satellite.send(RUN);
                assertThat(satellite.next()).isEqualTo("transcribe {\"language\":\"en\"}");
                satellite.sendChunk(16_000, loud(16, 0)).sendChunk(16_000, loud(16, 20_000));
                assertThat(satellite.next()).isEqualTo("transcript {\"text\":\"lights on\"}");
                assertThat(satellite.next()).isEqualTo("synthesize {\"text\":\"Done.\"}");
                // Sent before the satellite knew; nobody listens until it runs the next pipeline.
                satellite.sendChunk(16_000, loud(16, 20_000));
            }
            satellite.send("{\"type\":\"ping\",\"data\":{\"text\":\"x\"}}~");
            assertThat(satellite.next()).isEqualTo("pong {\"text\":\"x\"}");
        }
        assertThat(blocks).containsExactly("16", "16", "0 last", "16", "16", "0 last");
    }

    @Test
    void whatFailsIsToldAndTheNextPipelineIsHeard() throws Exception {
        try (AutoCloseable open = listen();
                Peer satellite = new Peer(door.accept())) {
            assertThat(open).isNotNull();
            satellite.next();
            satellite.send(RUN).sendChunk(16_000, loud(16, -20_000));
            satellite.next();
            assertThat(satellite.next())
                    .contains("error {", "the model is gone", "\"stt-stream-failed\"");
            satellite.send(RUN).sendChunk(16_000, loud(16, 20_000));
            satellite.next();
            assertThat(satellite.next()).startsWith("transcript");
        }
    }

    @Test
    void aMicrophoneThatNeverStopsIsHeardOnAndOn() throws Exception {
        try (AutoCloseable open = listen("maxUtteranceMillis=100");
                Peer microphone = new Peer(door.accept())) {
            assertThat(open).isNotNull();
            microphone.next();
            microphone.send(
                    "{\"type\":\"audio-start\",\"data\":{\"rate\":16000,\"width\":2,\"channels\":1}}~");
            for (int i = 0; i < 3; i++) {
                microphone.sendChunk(16_000, loud(1_600, 0)).sendChunk(16_000, loud(16, 20_000));
                assertThat(microphone.next()).startsWith("transcript");
                assertThat(microphone.next()).startsWith("synthesize");
            }
        }
        assertThat(blocks).filteredOn(block -> block.endsWith("last")).hasSize(3);
    }

    @Test
    void aSatelliteThatIsLostIsGoneToAgain() throws Exception {
        try (AutoCloseable open = listen()) {
            assertThat(open).isNotNull();
            try (Peer satellite = new Peer(door.accept())) {
                assertThat(satellite.next()).isEqualTo("run-satellite");
                satellite.send(RUN).sendChunk(16_000, loud(20, 0));
            }
            assertThat(route.away.poll(20, TimeUnit.SECONDS))
                    .contains("tcp://127.0.0.1:" + door.getLocalPort(), "is away");
            try (Peer satellite = new Peer(door.accept())) {
                assertThat(satellite.next()).isEqualTo("run-satellite");
            }
        }
        assertThat(blocks).containsExactly("16", "4 last");
    }

    @Test
    void aSilentSatelliteIsAskedWhetherItIsThere() throws Exception {
        try (AutoCloseable open = listen("idleMillis=1000");
                Peer satellite = new Peer(door.accept())) {
            assertThat(open).isNotNull();
            satellite.next();
            assertThat(satellite.next()).startsWith("ping");
            satellite.send("{\"type\":\"pong\"}~");
            assertThat(satellite.next()).startsWith("ping");
            assertThat(satellite.next()).contains("error {", "\"timeout\"");
        }
    }

    @Test
    void nonsenseFromASatelliteIsReported() throws Exception {
        try (AutoCloseable open = listen();
                Peer satellite = new Peer(door.accept())) {
            assertThat(open).isNotNull();
            satellite.next();
            assertThat(satellite.send("hello~").next()).contains("error {", "one JSON object");
        }
        assertThat(route.failures).hasSize(1);
    }

    @Test
    void closingDoesNotWaitForASatelliteThatIsNotThere() throws Exception {
        int port = door.getLocalPort();
        door.close();
        AutoCloseable open =
                Sensors.open(route, 1, "kind=audio", "connect=tcp://127.0.0.1:" + port);
        assertThat(route.away.poll(20, TimeUnit.SECONDS)).contains("is away");
        open.close();
        open.close();
    }
}
