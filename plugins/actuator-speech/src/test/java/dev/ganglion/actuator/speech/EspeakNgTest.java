package dev.ganglion.actuator.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.act.Actuator;
import dev.ganglion.api.data.GanglionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The program itself, into WAV files. */
class EspeakNgTest {
    @TempDir Path folder;

    private final SpeechActuator actuator = new SpeechActuator();

    @BeforeEach
    void needsEspeak() {
        Speech.needsEspeak();
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private long samples(String name) throws Exception {
        AudioFileFormat format = AudioSystem.getAudioFileFormat(folder.resolve(name).toFile());
        assertThat(format.getFormat().getSampleRate()).isEqualTo(22_050);
        return format.getFrameLength();
    }

    @Test
    void eachTextIsAFileAndNumbersGoOn() throws Exception {
        try (Actuator.Device device = Speech.open(actuator, "to=" + folder)) {
            Speech.say(device, "The kitchen light is on.");
            Speech.say(device, "It is 20 \u00b0C,\nna\u00efvely \u20ac5 < 6.");
        }
        try (Actuator.Device device =
                Speech.open(actuator, "to=" + folder, "voice=de", "wordsPerMinute=80")) {
            Speech.say(device, "Guten Abend");
        }
        assertThat(files())
                .containsExactly("speech-000001.wav", "speech-000002.wav", "speech-000003.wav");
        for (String file : files()) {
            assertThat(samples(file)).isGreaterThan(11_025);
        }
    }

    @Test
    void wordsPerMinuteMakeItFaster() throws Exception {
        try (Actuator.Device slow = Speech.open(actuator, "to=" + folder, "wordsPerMinute=100")) {
            Speech.say(slow, "The kitchen light is on.");
        }
        try (Actuator.Device fast = Speech.open(actuator, "to=" + folder, "wordsPerMinute=400")) {
            Speech.say(fast, "The kitchen light is on.");
        }
        assertThat(samples("speech-000001.wav")).isGreaterThan(2 * samples("speech-000002.wav"));
    }

    @Test
    void aTextIsNeverAnOptionOrACommand() throws Exception {
        try (Actuator.Device device = Speech.open(actuator, "to=" + folder)) {
            Speech.say(device, "-w " + folder.resolve("elsewhere.wav"));
            Speech.say(device, "$(touch " + folder.resolve("shell") + "); `touch x`");
            Speech.say(device, "--path=/etc -f /etc/passwd");
        }
        assertThat(files()).hasSize(3).allMatch(name -> name.matches("speech-00000[123].wav"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "  ",
                "...",
                "a\u0001b",
                "a\u0000",
                "bell \u0007",
                "\u001b[31mred",
                "a\ud800",
                "[[h@'loU]]",
                "<speak>hello</speak>",
                "<audio src='x'/> a",
                "</p> a",
                "<!-- a",
                "<?xml a"
            })
    void whatIsNotWordsIsRefusedAndNothingIsWritten(String text) throws Exception {
        try (Actuator.Device device = Speech.open(actuator, "to=" + folder)) {
            assertThatThrownBy(() -> Speech.say(device, text))
                    .isInstanceOfSatisfying(
                            GanglionException.class,
                            refused ->
                                    assertThat(refused.kind())
                                            .isEqualTo(GanglionException.Kind.INPUT))
                    .hasMessageContaining("expected");
            assertThat(files()).isEmpty();
            Speech.say(device, "hello");
        }
        assertThat(files()).hasSize(1);
    }

    @Test
    void aTextThatIsTooLongIsRefused() {
        try (Actuator.Device device = Speech.open(actuator, "to=" + folder, "maxCharacters=10")) {
            Speech.say(device, "0123456789");
            assertThatThrownBy(() -> Speech.say(device, "01234567890"))
                    .hasMessageContaining("at most 10 characters was expected, found 11");
        }
    }

    @Test
    void aVoiceThatItDoesNotHaveIsRefusedAtTheStart() {
        assertThatThrownBy(() -> Speech.open(actuator, "to=" + folder, "voice=nosuch"))
                .isInstanceOfSatisfying(
                        GanglionException.class,
                        refused ->
                                assertThat(refused.kind()).isEqualTo(GanglionException.Kind.SETUP))
                .hasMessageContaining("voice does not exist");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-w/tmp/x", "../../etc/passwd", "en;ls", "/etc/passwd", "e n", ""})
    void aVoiceThatIsNoNameIsRefused(String voice) {
        assertThatThrownBy(() -> Speech.open(actuator, "to=" + folder, "voice=" + voice))
                .isInstanceOf(GanglionException.class)
                .hasMessageContaining("voice takes a name");
    }

    @Test
    void aFolderThatIsAFileIsRefused() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> Speech.open(actuator, "to=" + file))
                .isInstanceOf(GanglionException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void withoutTheProgramTheSentenceSaysHowToGetIt() {
        SpeechActuator without = new SpeechActuator(folder.toString());
        assertThatThrownBy(() -> Speech.open(without))
                .isInstanceOfSatisfying(
                        GanglionException.class,
                        refused ->
                                assertThat(refused.kind()).isEqualTo(GanglionException.Kind.SETUP))
                .hasMessageContaining("apt-get install espeak-ng");
        try (Actuator.Device device = Speech.open(without, "missing=skip")) {
            Speech.say(device, "nobody hears this");
            assertThatThrownBy(() -> Speech.say(device, "<b>"))
                    .isInstanceOf(GanglionException.class);
        }
        try (Actuator.Device device = Speech.open(without, "to=none")) {
            Speech.say(device, "nobody hears this");
        }
    }

    @Test
    void anotherActionIsRefused() {
        try (Actuator.Device device = Speech.open(actuator, "to=none")) {
            assertThatThrownBy(() -> device.perform("sing", Map.of("text", "la")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("it has: say");
        }
    }
}
