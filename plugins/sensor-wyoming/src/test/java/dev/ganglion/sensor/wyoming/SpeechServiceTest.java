package dev.ganglion.sensor.wyoming;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.Sample;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.sense.Sensor;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Speech that comes in, byte by byte. */
class SpeechServiceTest {
    private static final String START =
            "{\"type\":\"transcribe\",\"data\":{\"language\":\"en\"}}~"
                    + "{\"type\":\"audio-start\",\"data\":{\"rate\":16000,\"width\":2,\"channels\":1}}~";
    private static final String STOP = "{\"type\":\"audio-stop\",\"data\":{\"timestamp\":null}}~";

    private final List<String> blocks = new CopyOnWriteArrayList<>();
    private final List<Float> sound = new CopyOnWriteArrayList<>();
    private final CountDownLatch abandoned = new CountDownLatch(1);
    private final Route route = new Route(this::hear);
    private int port;

    @BeforeEach
    void find() throws IOException {
        port = Peer.freePort();
    }

    private void hear(Sample<?> sample, Sensor.Follower follower) {
        Tensor block = (Tensor) sample.value();
        blocks.add(sample.stream() + " " + block.elements() + (sample.last() ? " last" : ""));
        for (int i = 0; i < block.elements(); i++) {
            sound.add(block.floats().get(i));
        }
        if (sample.last()) {
            boolean silent = sound.stream().allMatch(value -> value == 0);
            if (!silent) {
                follower.heard("lights");
                follower.heard("on");
                follower.said("Done.");
                follower.decided(new Decision("HassTurnOn", Map.of(), 1, true), "");
            }
            follower.ended(sound.contains(-1f) ? "the sound is too loud" : "");
            sound.clear();
            abandoned.countDown();
        } else {
            follower.ended("");
        }
    }

    private AutoCloseable open(String... options) {
        String[] all = java.util.Arrays.copyOf(options, options.length + 2);
        all[options.length] = "kind=audio";
        all[options.length + 1] = "blockMillis=1";
        return Sensors.open(route, port, all);
    }

    private Peer peer() throws IOException {
        return new Peer(port);
    }

    private static int[] samples(int count, int value) {
        int[] samples = new int[count];
        java.util.Arrays.fill(samples, value);
        return samples;
    }

    @Test
    void speechBecomesATranscriptOnceItEnds() throws Exception {
        try (AutoCloseable open = open();
                Peer peer = peer()) {
            assertThat(open).isNotNull();
            for (int i = 0; i < 2; i++) {
                peer.send(START).sendChunk(16_000, samples(20, 16_384)).send(STOP);
                assertThat(peer.next()).isEqualTo("transcript {\"text\":\"lights on\"}");
            }
            assertThat(peer.send("{\"type\":\"describe\"}~").next())
                    .startsWith("info {\"asr\":[{")
                    .contains("\"supports_transcript_streaming\":false");
        }
        assertThat(blocks)
                .containsExactly(
                        "wyoming-1 16", "wyoming-1 4 last", "wyoming-1 16", "wyoming-1 4 last");
    }

    @Test
    void samplesAreWhatWasSent() throws Exception {
        List<Float> heard = new CopyOnWriteArrayList<>();
        Route listening =
                new Route(
                        (sample, follower) -> {
                            Tensor block = (Tensor) sample.value();
                            for (int i = 0; i < block.elements(); i++) {
                                heard.add(block.floats().get(i));
                            }
                        });
        try (AutoCloseable open = Sensors.open(listening, port, "kind=audio")) {
            assertThat(open).isNotNull();
            transcribe(16_000, 2, 1, 0x00, 0x40, 0x00, 0x80, 0xFF, 0x7F);
            assertThat(heard).containsExactly(0.5f, -1f, 32_767 / 32_768f);
            heard.clear();
            transcribe(16_000, 1, 1, 0, 128, 192);
            assertThat(heard).containsExactly(-1f, 0f, 0.5f);
            heard.clear();
            transcribe(16_000, 3, 1, 0, 0, 0x40, 0, 0, 0x80);
            assertThat(heard).containsExactly(0.5f, -1f);
            heard.clear();
            transcribe(16_000, 4, 2, 0, 0, 0, 0x40, 0, 0, 0, 0x80);
            assertThat(heard).containsExactly(-0.25f);
            heard.clear();
            transcribe(8_000, 2, 1, 0, 0, 0, 0, 0, 0);
            assertThat(heard).containsExactly(0f, 0f, 0f, 0f, 0f, 0f);
        }
    }

    private void transcribe(int rateHz, int width, int channels, int... bytes) throws IOException {
        byte[] payload = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            payload[i] = (byte) bytes[i];
        }
        String format =
                "{\"rate\":" + rateHz + ",\"width\":" + width + ",\"channels\":" + channels + "}";
        try (Peer peer = peer()) {
            peer.send("{\"type\":\"audio-start\",\"data\":" + format + "}~")
                    .send("{\"type\":\"audio-chunk\",\"payload_length\":" + bytes.length + "}~")
                    .send(payload)
                    .send(STOP);
            assertThat(peer.next()).isEqualTo("transcript {\"text\":\"\"}");
        }
    }

    @Test
    void silenceIsAnEmptyTranscript() throws Exception {
        try (AutoCloseable open = open();
                Peer peer = peer()) {
            assertThat(open).isNotNull();
            assertThat(peer.send(START + STOP).next()).isEqualTo("transcript {\"text\":\"\"}");
        }
        assertThat(blocks).containsExactly("wyoming-1 0 last");
    }

    @Test
    void aPipelineThatGoesOnGetsTheReplyToo() throws Exception {
        try (AutoCloseable open = open();
                Peer peer = peer()) {
            assertThat(open).isNotNull();
            peer.send(
                            "{\"type\":\"run-pipeline\",\"data\":{\"start_stage\":\"asr\","
                                    + "\"end_stage\":\"handle\"}}~"
                                    + START)
                    .sendChunk(16_000, 1)
                    .send(STOP);
            assertThat(peer.next()).startsWith("transcript");
            assertThat(peer.next()).isEqualTo("handled {\"text\":\"Done.\"}");
        }
    }

    @Test
    void whatFailsIsAnError() throws Exception {
        try (AutoCloseable open = open();
                Peer peer = peer()) {
            assertThat(open).isNotNull();
            peer.send(START).sendChunk(16_000, -32_768).send(STOP);
            assertThat(peer.next()).contains("error {", "too loud", "\"intent-failed\"");
            assertThat(peer.next()).isEqualTo("end");
        }
    }

    @Test
    void soundThatCannotBeIsRefusedAndTheNextClientIsHeard() throws Exception {
        try (AutoCloseable open = open("maxUtteranceMillis=100", "maxPayloadBytes=8000")) {
            assertThat(open).isNotNull();
            String chunk = "{\"type\":\"audio-chunk\",\"payload_length\":";
            refuse(
                    "{\"type\":\"audio-start\",\"data\":{\"rate\":44000,\"width\":2,\"channels\":1}}~",
                    "found 44000 Hz, 2 bytes, 1 channels");
            refuse(
                    "{\"type\":\"audio-start\",\"data\":{\"rate\":16000,\"width\":9,\"channels\":1}}~",
                    "a width of 1 to 4 bytes");
            refuse(
                    "{\"type\":\"audio-start\",\"data\":{\"rate\":\"hifi\"}}~",
                    "a whole number as 'rate'");
            refuse(chunk + "2}~ab", "found 0 Hz");
            refuse(START + chunk + "3}~abc", "a multiple of 2 bytes, found 3");
            refuse(START + chunk + "8001}~", "at most 8000 are taken");
            refuse(START + START, "audio-stop was expected");
            refuse(STOP, "was expected before audio-stop");
            refuse(
                    START + chunk + "3200}~" + "a".repeat(3_200) + chunk + "2}~ab",
                    "at most 100 ms long");
            refuse(
                    START
                            + "{\"type\":\"audio-chunk\",\"data\":{\"rate\":8000},\"payload_length\":2}~ab",
                    "like the audio-start before it (16000 Hz, 2 bytes, 1 channels)");
            refuse(
                    "{\"type\":\"transcript\",\"data\":{\"text\":\"on\"}}~",
                    "takes describe, ping, transcribe");
            sound.clear();
            try (Peer peer = peer()) {
                peer.send(START).sendChunk(16_000, 1).send(STOP);
                assertThat(peer.next()).startsWith("transcript");
            }
        }
        assertThat(route.failures).hasSize(11);
    }

    private void refuse(String stream, String sentence) throws IOException {
        try (Peer peer = peer()) {
            assertThat(peer.send(stream).next()).startsWith("error {").contains(sentence);
            assertThat(peer.next()).isEqualTo("end");
        }
    }

    @Test
    void anUtteranceWhoseClientLeavesIsEnded() throws Exception {
        try (AutoCloseable open = open()) {
            assertThat(open).isNotNull();
            try (Peer peer = peer()) {
                peer.send(START).sendChunk(16_000, samples(20, 1));
            }
            assertThat(abandoned.await(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(blocks).containsExactly("wyoming-1 16", "wyoming-1 4 last");
    }

    @Test
    void randomEventsNeverStopTheService() throws Exception {
        java.util.Random random = new java.util.Random(10_400);
        String[] parts = {
            START,
            STOP,
            "{\"type\":\"audio-chunk\",\"payload_length\":8}~abcdefgh",
            "~",
            "{}~",
            "{\"type\":\"ping\"}~",
            "{\"type\":\"run-pipeline\",\"data\":{\"end_stage\":7}}~",
            "{\"type\":\"audio-chunk\",\"payload_length\":900}~abc",
            "\u0000\u00ff",
            "{\"type\":\"describe\",\"data_length\":2}~{}",
            "{\"type\":\"audio-stop\",\"data\":3}~"
        };
        try (AutoCloseable open = open()) {
            assertThat(open).isNotNull();
            for (int round = 0; round < 300; round++) {
                StringBuilder stream = new StringBuilder();
                for (int i = random.nextInt(8); i >= 0; i--) {
                    stream.append(parts[random.nextInt(parts.length)]);
                }
                try (Peer peer = peer()) {
                    peer.send(stream.toString());
                } catch (IOException sentAwayBefore) {
                    // As it may be: the server speaks first and hangs up.
                }
            }
            sound.clear();
            String answer = "error";
            for (int i = 0; i < 1_000 && !answer.startsWith("info"); i++) {
                try (Peer peer = peer()) {
                    answer = peer.send("{\"type\":\"describe\"}~").next();
                }
            }
            assertThat(answer).startsWith("info");
        }
    }
}
