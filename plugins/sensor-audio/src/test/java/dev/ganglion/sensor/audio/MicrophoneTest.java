package dev.ganglion.sensor.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Sample;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MicrophoneTest {
    private final FakeDevices devices = new FakeDevices();
    private final SteppedClock clock = new SteppedClock(true);
    private final AudioSensor sensor = new AudioSensor(devices, clock);
    private final Heard heard = new Heard();

    /** Blocks of four samples. */
    private AutoCloseable open(String... options) throws InterruptedException {
        Map<String, String> given = new HashMap<>();
        given.put("blockMillis", "1");
        given.put("sampleRateHz", "4000");
        for (int i = 0; i < options.length; i += 2) {
            given.put(options[i], options[i + 1]);
        }
        AutoCloseable open =
                sensor.open(Options.of("sense:audio", sensor.options(), given, Path.of("")), heard);
        devices.awaitOpening();
        return open;
    }

    private void refused(String[] options, String... parts) {
        assertThatThrownBy(() -> open(options).close())
                .isInstanceOfSatisfying(
                        GanglionException.class,
                        e -> assertThat(e.kind()).isEqualTo(GanglionException.Kind.SETUP))
                .hasMessageStartingWith("sense:audio: ")
                .hasMessageContainingAll(parts);
    }

    private static String[] with(String... options) {
        return options;
    }

    @Test
    void whatIsSpokenIsGivenBlockByBlock() throws Exception {
        devices.onlyRateHz = 4_000;
        try (AutoCloseable open = open()) {
            devices.speak(0, 16_384, -16_384, -32_768);
            devices.speak(1, 2, 3, 4);
            heard.log.awaitSamples(2);
        }
        assertThat(heard.sound("microphone"))
                .startsWith(0, 0.5f, -0.5f, -1)
                .endsWith(1 / 32_768f, 2 / 32_768f, 3 / 32_768f, 4 / 32_768f);
        assertThat(heard.of("microphone")).extracting(Sample::last).containsExactly(false, false);
        assertThat(heard.of("microphone")).extracting(Sample::sequence).containsExactly(1L, 2L);
        assertThat(heard.away).isEmpty();
    }

    @Test
    void twoChannelsAreMixedWhenOneCannotBeHad() throws Exception {
        devices.onlyRateHz = 4_000;
        devices.onlyChannels = 2;
        try (AutoCloseable open = open("device", "usb")) {
            devices.speak(8_192, 16_384, 0, 0, 8_192, 16_384, 0, 0);
            heard.log.awaitSamples(1);
        }
        assertThat(heard.sound(FakeDevices.NAME)).containsExactly(0.375f, 0, 0.375f, 0);
    }

    @Test
    void oneOfTwoChannelsIsChosen() throws Exception {
        devices.onlyRateHz = 4_000;
        devices.onlyChannels = 2;
        try (AutoCloseable open = open("channel", "right")) {
            devices.speak(8_192, 16_384, 0, 0, 8_192, 16_384, 0, 0);
            heard.log.awaitSamples(1);
        }
        assertThat(heard.sound("microphone")).containsExactly(0.5f, 0, 0.5f, 0);
    }

    @Test
    void anUnpluggedMicrophoneEndsTheUtteranceIsWaitedForAndGoesOn() throws Exception {
        devices.onlyRateHz = 4_000;
        try (AutoCloseable open = open("device", FakeDevices.NAME)) {
            devices.speak(1, 2, 3, 4);
            heard.log.awaitSamples(1);
            devices.unplug();
            assertThat(heard.awaitAway())
                    .contains(FakeDevices.NAME + " is gone", "plug it in again", "every second");
            heard.log.awaitSamples(2);
            clock.awaitWait();
            clock.step();
            clock.awaitWait();
            devices.plugIn();
            clock.step();
            devices.awaitOpening();
            devices.speak(5, 6, 7, 8);
            heard.log.awaitSamples(3);
        }
        var samples = heard.of(FakeDevices.NAME);
        assertThat(samples).extracting(Heard::size).containsExactly(4, 0, 4);
        assertThat(samples).extracting(Sample::last).containsExactly(false, true, false);
        // Two seconds in blocks of a millisecond, as if it had recorded all the time.
        assertThat(samples).extracting(Sample::sequence).containsExactly(1L, 2L, 2_003L);
        assertThat(heard.away).isEmpty();
        assertThat(heard.log.isEnded()).isFalse();
        assertThat(heard.log.violations()).isEmpty();
    }

    @Test
    void whatWasHeardBeforeAnErrorEndsTheUtteranceAndTheErrorIsTold() throws Exception {
        devices.onlyRateHz = 4_000;
        try (AutoCloseable open = open()) {
            devices.speak(1, 2);
            devices.fallSilent();
            assertThat(heard.awaitAway()).contains("no more sound");
            clock.awaitWait();
            clock.step();
            devices.awaitOpening();
            devices.speak(5, 6, 7, 8);
            heard.log.awaitSamples(2);
            devices.unplugWithAnError();
            assertThat(heard.awaitAway()).contains("the line was lost");
        }
        assertThat(heard.of("microphone")).extracting(Heard::size).containsExactly(2, 4, 0);
        assertThat(heard.of("microphone"))
                .extracting(Sample::last)
                .containsExactly(true, false, true);
    }

    @Test
    void aDeviceThatComesBackWithoutASoundIsNotCalledAwayTwice() throws Exception {
        devices.onlyRateHz = 4_000;
        try (AutoCloseable open = open()) {
            devices.unplug();
            heard.awaitAway();
            clock.awaitWait();
            devices.plugIn();
            clock.step();
            devices.awaitOpening();
            devices.fallSilent();
            clock.awaitWait();
        }
        assertThat(heard.away).isEmpty();
        assertThat(heard.log.samples()).isEmpty();
    }

    @Test
    void aDeviceThatComesBackAtAnotherPortIsStillTheSameStream() throws Exception {
        devices.onlyRateHz = 4_000;
        try (AutoCloseable open = open("device", "usb")) {
            devices.unplug();
            heard.awaitAway();
            clock.awaitWait();
            devices.names.set(0, "USB [plughw:2,0]");
            devices.plugIn();
            clock.step();
            devices.awaitOpening();
            devices.speak(5, 6, 7, 8);
            heard.log.awaitSamples(1);
        }
        assertThat(heard.of(FakeDevices.NAME)).hasSize(1);
    }

    @Test
    void itCanBeClosedWhileItWaitsForTheDevice() throws Exception {
        devices.onlyRateHz = 4_000;
        AutoCloseable open = open();
        devices.unplug();
        heard.awaitAway();
        clock.awaitWait();
        open.close();
        open.close();
        assertThat(heard.log.isEnded()).isFalse();
    }

    @Test
    void aDeviceThatIsNotThereIsRefusedWithThoseThatAre() {
        refused(with("device", "bluetooth"), "device=bluetooth", FakeDevices.NAME);
        devices.names.clear();
        refused(with("device", "bluetooth"), "finds no device that records");
    }

    @Test
    void aPartOfANameThatSeveralHaveIsRefused() {
        devices.names.add("USB 2");
        devices.names.add("Built-in");
        refused(with("device", "usb"), "fits several", FakeDevices.NAME + ", USB 2;");
    }

    @Test
    void aMachineWithoutMicrophoneIsRefused() {
        devices.pluggedIn = false;
        refused(with(), "microphone", "finds no device that records", "path");
    }

    @Test
    void aDeviceThatOpensAtNoRateIsRefusedNamingWhatWasWantedAndWhatItHas() {
        devices.onlyChannels = 3;
        devices.onlyRateHz = 48_000;
        refused(
                with("sampleRateHz", "22050"),
                "22050 Hz in mono or stereo",
                "nor at 48000 Hz to resample",
                "it has 3 channels at 48000 Hz",
                "format not supported");
    }

    @Test
    void aChannelThatTheDeviceDoesNotHaveIsRefusedNamingBoth() {
        refused(
                with("channel", "right", "device", "usb", "sampleRateHz", "16000"),
                FakeDevices.NAME,
                "16000 Hz in stereo that were asked for;",
                "it has mono at 16000 Hz");
        refused(
                with("channel", "left", "device", "usb", "sampleRateHz", "8000"),
                "8000 Hz in stereo",
                "nor at 16000 Hz",
                "set channel");
    }

    @Test
    void theMicrophoneMayBeAskedForByItsWordAndByItsDevice() throws Exception {
        devices.onlyRateHz = 4_000;
        try (AutoCloseable open = open("path", "microphone")) {
            devices.speak(1, 2, 3, 4);
            heard.log.awaitSamples(1);
        }
        try (AutoCloseable open = open("path", "microphone", "device", "usb")) {
            devices.speak(1, 2, 3, 4);
            heard.log.awaitSamples(2);
        }
        assertThat(heard.of("microphone")).hasSize(1);
        assertThat(heard.of(FakeDevices.NAME)).hasSize(1);
    }

    @Test
    void aWordThatIsOnlyLikeMicrophoneIsAFileThatIsMissing() {
        refused(with("path", "Microphone"), "no file or folder 'Microphone'", "microphone");
        refused(with("path", "./microphone"), "no file or folder './microphone'");
    }
}
