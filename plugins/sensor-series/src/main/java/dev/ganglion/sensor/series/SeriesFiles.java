package dev.ganglion.sensor.series;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.Comparator;
import java.util.List;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The files that the option {@code path} means, and what is wrong with it. */
final class SeriesFiles {
    private static final int LISTED_FILES = 5;

    private final Options options;
    private final Path path;
    private final boolean absolute;

    private SeriesFiles(Options options) {
        this.options = options;
        this.path = options.path("path");
        this.absolute = Path.of(options.text("path")).isAbsolute();
    }

    /**
     * Looks at the option {@code path}.
     *
     * @throws GanglionException of kind SETUP when there is nothing to read
     */
    static SeriesFiles of(Options options) {
        SeriesFiles files = new SeriesFiles(options);
        files.check();
        return files;
    }

    private void check() {
        if (!Files.exists(path)) {
            throw setup(
                    "there is no file or folder '"
                            + options.text("path")
                            + "' at "
                            + path
                            + "; "
                            + whatIsThere(path.getParent())
                            + ", set path to something that is there or to - for standard input",
                    null);
        }
        if (!Files.isReadable(path)) {
            throw unreadable(path, null);
        }
        if (!Files.isDirectory(path) && !Files.isRegularFile(path)) {
            throw setup(
                    path
                            + " is neither a file nor a folder; give a pipe as standard input, with"
                            + " path=- and '< "
                            + path
                            + "', and a serial port with serial=",
                    null);
        }
    }

    /**
     * {@return the files in the order of their names, at least one}
     *
     * @throws GanglionException of kind SETUP when there is none
     */
    List<Path> files() {
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        PathMatcher matcher = matcher();
        try (Stream<Path> entries = Files.list(path)) {
            List<Path> files =
                    entries.filter(file -> matcher.matches(file.getFileName()))
                            .filter(Files::isRegularFile)
                            .sorted(Comparator.comparing(file -> file.getFileName().toString()))
                            .toList();
            if (files.isEmpty()) {
                throw setup(
                        "no file in "
                                + path
                                + " matches include="
                                + options.text("include")
                                + "; "
                                + whatIsThere(path)
                                + ", set include to a glob that matches",
                        null);
            }
            return files;
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private PathMatcher matcher() {
        try {
            return FileSystems.getDefault().getPathMatcher("glob:" + options.text("include"));
        } catch (PatternSyntaxException e) {
            throw setup(
                    "include takes a glob such as *.csv or *.{csv,txt}, found '"
                            + options.text("include")
                            + "' ("
                            + e.getDescription()
                            + ")",
                    e);
        }
    }

    /** {@return what a file is called in samples and messages} */
    String streamName(Path file) {
        Path here = Path.of("").toAbsolutePath();
        return (!absolute && file.startsWith(here) ? here.relativize(file) : file).toString();
    }

    /** {@return what to throw when a file is there and cannot be read} */
    GanglionException unreadable(Path file, @Nullable IOException cause) {
        return setup(
                file
                        + " is there and cannot be read"
                        + (cause == null ? "" : " (" + cause + ")")
                        + "; give the user '"
                        + System.getProperty("user.name")
                        + "' the right to read it",
                cause);
    }

    private static String whatIsThere(@Nullable Path folder) {
        if (folder == null || !Files.isDirectory(folder)) {
            return "its folder is not there either";
        }
        try (Stream<Path> entries = Files.list(folder)) {
            List<String> names =
                    entries.map(entry -> entry.getFileName().toString()).sorted().toList();
            if (names.isEmpty()) {
                return "the folder is empty";
            }
            return "the folder has "
                    + names.stream().limit(LISTED_FILES).collect(Collectors.joining(", "))
                    + (names.size() > LISTED_FILES
                            ? " and " + (names.size() - LISTED_FILES) + " more"
                            : "");
        } catch (IOException notReadable) {
            return "its folder cannot be listed";
        }
    }

    private GanglionException setup(String what, @Nullable Exception cause) {
        return new GanglionException(
                GanglionException.Kind.SETUP, options.owner() + ": " + what, cause);
    }
}
