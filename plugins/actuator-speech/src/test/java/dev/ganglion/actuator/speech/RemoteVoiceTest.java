package dev.ganglion.actuator.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.act.Actuator;
import dev.ganglion.api.data.GanglionException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server like Piper, byte by byte. */
class RemoteVoiceTest {
    private static final String FORMAT = "{\"rate\":22050,\"width\":2,\"channels\":1}";
    private static final String START = "{\"type\":\"audio-start\",\"data_length\":37}~" + FORMAT;
    private static final String STOP = "{\"type\":\"audio-stop\"}~";

    @TempDir Path folder;

    private final SpeechActuator actuator = new SpeechActuator();
    private Piper piper;

    @BeforeEach
    void start() throws Exception {
        piper = new Piper();
    }

    @AfterEach
    void stop() throws Exception {
        piper.close();
    }

    private static String chunk(String sound) {
        return "{\"type\":\"audio-chunk\",\"data_length\":37,\"payload_length\":"
                + sound.length()
                + "}~"
                + FORMAT
                + sound;
    }

    private Actuator.Device open(String... more) {
        String[] options = java.util.Arrays.copyOf(more, more.length + 2);
        options[more.length] = "to=" + folder;
        options[more.length + 1] = "server=tcp://127.0.0.1:" + piper.port();
        return Speech.open(actuator, options);
    }

    @Test
    void itsSoundBecomesAFile() throws Exception {
        piper.answer = START + chunk("abcd") + chunk("efgh") + STOP;
        try (Actuator.Device device = open("voice=en_US-lessac-medium")) {
            Speech.say(device, "It's \"done\".");
        }
        assertThat(piper.requests)
                .containsExactly(
                        "describe",
                        "synthesize {\"text\":\"It's \\\"done\\\".\","
                                + "\"voice\":{\"name\":\"en_US-lessac-medium\"}}");
        try (AudioInputStream wav =
                AudioSystem.getAudioInputStream(folder.resolve("speech-000001.wav").toFile())) {
            assertThat(wav.getFormat().getSampleRate()).isEqualTo(22_050);
            assertThat(wav.getFormat().getSampleSizeInBits()).isEqualTo(16);
            assertThat(new String(wav.readAllBytes(), StandardCharsets.US_ASCII))
                    .isEqualTo("abcdefgh");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"type\":\"error\",\"data\":{\"text\":\"no such voice\"}}~|it says: no such voice",
                "{\"type\":\"audio-stop\"}~|it sent no sound",
                "{\"type\":\"audio-start\"}~|0 Hz, 0 bytes",
                "{\"type\":\"audio-chunk\",\"data\":{\"rate\":22050,\"width\":2,\"channels\":1},"
                        + "\"payload_length\":3}~abc|cut within a sample",
                "{\"type\":\"audio-chunk\",\"data\":{\"rate\":22050,\"width\":1,\"channels\":1},"
                        + "\"payload_length\":1}~a{\"type\":\"audio-chunk\",\"data\":{\"rate\":16000}}~"
                        + "|changes its format",
                "{\"type\":\"audio-chunk\",\"payload_length\":9999999}~|at most 1048576 are taken",
                "{\"type\":\"audio-chunk\",\"data\":{\"rate\":22050,\"width\":1,\"channels\":1},"
                        + "\"payload_length\":5}~a|ended after 1",
                "hello~|one JSON object",
                "|it hung up before audio-stop",
            })
    void whatGoesWrongIsToldAndLeavesNoFile(String answer, String sentence) {
        piper.answer = answer == null ? "" : answer;
        try (Actuator.Device device = open()) {
            assertThatThrownBy(() -> Speech.say(device, "hello"))
                    .isInstanceOfSatisfying(
                            GanglionException.class,
                            failed ->
                                    assertThat(failed.kind())
                                            .isEqualTo(GanglionException.Kind.RETRY))
                    .hasMessageContaining("tcp://127.0.0.1:" + piper.port())
                    .hasMessageContaining(sentence);
            assertThat(folder).isEmptyDirectory();
            piper.answer = chunk("ab") + STOP;
            Speech.say(device, "hello");
            assertThat(folder.resolve("speech-000001.wav")).exists();
        }
    }

    @Test
    void aServerThatIsSilentIsGivenUp() {
        piper.answer = null;
        try (Actuator.Device device = open("timeoutMillis=200")) {
            assertThatThrownBy(() -> Speech.say(device, "hello"))
                    .hasMessageContaining("took more than 200 ms");
        }
    }

    @Test
    void silenceDoesNotWaitForTheServer() throws Exception {
        piper.answer = null;
        try (Actuator.Device device = open()) {
            CompletableFuture<Void> saying =
                    CompletableFuture.runAsync(() -> Speech.say(device, "hello"));
            assertThat(piper.asked.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
            device.makeSafe();
            assertThatThrownBy(() -> saying.get(20, TimeUnit.SECONDS))
                    .hasMessageContaining("silenced");
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aVoiceThatItDoesNotHaveIsRefusedWithThoseThatItHas() {
        assertThatThrownBy(() -> open("voice=nobody"))
                .isInstanceOfSatisfying(
                        GanglionException.class,
                        refused ->
                                assertThat(refused.kind()).isEqualTo(GanglionException.Kind.SETUP))
                .hasMessageContaining("it has en_US-lessac-medium, de_DE-thorsten-low");
    }

    @Test
    void aServerThatDoesNotSpeakIsRefused() {
        piper.info = "{\"type\":\"info\",\"data\":{\"asr\":[],\"tts\":[]}}~";
        assertThatThrownBy(this::open).hasMessageContaining("offers no voice");
        piper.info = "HTTP/1.1 400 Bad Request\r~";
        assertThatThrownBy(this::open)
                .isInstanceOfSatisfying(
                        GanglionException.class,
                        refused ->
                                assertThat(refused.kind()).isEqualTo(GanglionException.Kind.SETUP))
                .hasMessageContaining("answers something else");
    }

    @Test
    void anAddressThatIsNoneIsRefused() {
        for (String server : new String[] {"piper", "http://piper:1", "tcp://piper"}) {
            assertThatThrownBy(
                            () -> Speech.open(actuator, "to=" + folder, "server=" + server).close())
                    .isInstanceOf(GanglionException.class)
                    .hasMessageContaining("server takes tcp://host:port");
        }
        assertThat(Files.exists(folder.resolve("speech-000001.wav"))).isFalse();
    }
}
