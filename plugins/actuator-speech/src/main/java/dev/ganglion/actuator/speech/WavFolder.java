package dev.ganglion.actuator.speech;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Numbers the files of a folder, {@code speech-000001.wav} on; each appears when it is whole. */
final class WavFolder {
    private static final Pattern NAME = Pattern.compile("speech-(\\d{6,9})\\.wav");

    private final Settings settings;
    private final Path folder;
    private int number;

    private WavFolder(Settings settings, Path folder, int number) {
        this.settings = settings;
        this.folder = folder;
        this.number = number;
    }

    /** Makes the folder if it is not there, and goes on after the last file that is. */
    static WavFolder open(Settings settings, Path folder) {
        try {
            Files.createDirectories(folder);
            try (Stream<Path> files = Files.list(folder)) {
                int last =
                        files.map(file -> NAME.matcher(file.getFileName().toString()))
                                .filter(Matcher::matches)
                                .mapToInt(name -> Integer.parseInt(name.group(1)))
                                .max()
                                .orElse(0);
                return new WavFolder(settings, folder, last);
            }
        } catch (IOException e) {
            throw settings.setup(
                    "to is the folder "
                            + folder
                            + " for WAV files, which cannot be made or read ("
                            + e
                            + "); name another one",
                    e);
        }
    }

    /** {@return where to write the next one, which nobody sees yet} */
    Path next() {
        return folder.resolve(String.format(".speech-%06d.wav.part", number + 1));
    }

    void keep(Path written) {
        try {
            Files.move(
                    written,
                    folder.resolve(String.format("speech-%06d.wav", number + 1)),
                    StandardCopyOption.ATOMIC_MOVE);
            number++;
        } catch (IOException e) {
            throw settings.retry("a WAV file was expected at " + written + ", found none", e);
        }
    }

    void discard(Path written) {
        try {
            Files.deleteIfExists(written);
        } catch (IOException leftForTheNext) {
            // The next one has the same name, and overwrites it.
        }
    }
}
