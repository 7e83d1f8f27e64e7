package dev.ganglion.sensor.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Sample;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AudioSensorTest {
    @TempDir Path folder;

    private final AudioSensor sensor = new AudioSensor();
    private final Heard heard = new Heard();

    private Options options(Map<String, String> given) {
        return Options.of("sense:audio", sensor.options(), given, folder);
    }

    private void refused(Map<String, String> given, String... parts) {
        assertThatThrownBy(() -> sensor.open(options(given), heard).close())
                .isInstanceOfSatisfying(
                        GanglionException.class,
                        e -> assertThat(e.kind()).isEqualTo(GanglionException.Kind.SETUP))
                .hasMessageStartingWith("sense:audio: ")
                .hasMessageContainingAll(parts);
        assertThat(heard.log.samples()).isEmpty();
    }

    @Test
    void theOutputHasTheRateThatWasAskedFor() {
        assertThat(sensor.output(options(Map.of("sampleRateHz", "8000"))))
                .isEqualTo(new TensorSpec("audio", Tensor.Type.FLOAT32, List.of(-1L), "1", 8_000));
    }

    @Test
    void aFileBelowTheWorkingFolderIsNamedFromThere() throws Exception {
        Path here = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "named");
        new Wav().write(here.resolve("a.wav"), 0.5);
        Options relative =
                Options.of("sense:audio", sensor.options(), Map.of("path", "a.wav"), here);
        try (AutoCloseable open = sensor.open(relative, heard)) {
            heard.log.awaitEnded();
        }
        assertThat(heard.log.samples())
                .extracting(Sample::stream)
                .containsExactly(
                        Path.of("target", here.getFileName().toString(), "a.wav").toString());
    }

    @Test
    void theSinkItselfMayClose() throws Exception {
        new Wav().write(folder.resolve("a.wav"), new double[16_000]);
        AtomicReference<AutoCloseable> open = new AtomicReference<>();
        Heard closing =
                new Heard() {
                    @Override
                    public void put(Sample<?> sample) {
                        super.put(sample);
                        synchronized (open) {
                            close(open.get());
                        }
                    }
                };
        synchronized (open) {
            open.set(sensor.open(options(Map.of("path", "a.wav")), closing));
        }
        closing.log.awaitSamples(1);
        open.get().close();
        assertThat(closing.log.samples()).hasSize(1);
        assertThat(closing.log.isEnded()).isFalse();
    }

    private static void close(AutoCloseable open) {
        try {
            open.close();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aMissingFileIsRefusedWithItsPlaceAndWhatIsThere() throws Exception {
        Files.createFile(folder.resolve("b.wav"));
        refused(
                Map.of("path", "a.wav"),
                "'a.wav'",
                folder.resolve("a.wav").toString(),
                "the folder has b.wav");
        refused(Map.of("path", "none/a.wav"), "its folder is not there either");
    }

    @Test
    void aFolderWithoutWavFilesIsRefused() throws Exception {
        refused(Map.of("path", "."), "the folder is empty");
        Files.createFile(folder.resolve("b.mp3"));
        refused(Map.of("path", "."), "*.wav", "the folder has b.mp3");
    }

    @Test
    void aSingleFileThatLiesIsRefusedBeforeAnythingStarts() throws Exception {
        Wav lying = new Wav();
        lying.bytesPerSecond = 1;
        lying.write(folder.resolve("a.wav"), 0.5);
        refused(Map.of("path", "a.wav"), "a.wav: ", "contradicts itself");
        Files.writeString(folder.resolve("a.wav"), "OggS, but called WAV");
        refused(Map.of("path", "a.wav"), "RIFF", "OggS");
    }

    @Test
    void theRightChannelOfASingleOneIsRefused() throws Exception {
        new Wav().write(folder.resolve("a.wav"), 0.5);
        refused(Map.of("path", "a.wav", "channel", "right"), "a.wav", "found 1", "mix or left");
    }

    @Test
    void aPipeIsRefused() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        refused(Map.of("path", "pipe"), "neither a file nor a folder");
    }

    @Test
    void aFileWithoutRightsIsRefused() throws Exception {
        Path file = new Wav().write(folder.resolve("a.wav"), 0.5);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        assumeFalse(Files.isReadable(file), "the administrator may read everything");
        refused(Map.of("path", "a.wav"), file.toString(), "the right to read it");
    }

    @Test
    void aFileAndADeviceAreRefused() throws Exception {
        new Wav().write(folder.resolve("a.wav"), 0.5);
        refused(Map.of("path", "a.wav", "device", "usb"), "one of path and device");
    }
}
