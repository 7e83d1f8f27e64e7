package dev.ganglion.actuator.speech;

import dev.ganglion.api.data.GanglionException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The program espeak-ng: one process for each text, which it reads from its standard input. No
 * shell is involved, markup stays off, and the command line holds nothing that was said.
 */
final class EspeakNg implements Voice {
    private static final Logger LOG = LoggerFactory.getLogger(EspeakNg.class);
    private static final String PROGRAM = "espeak-ng";
    private static final String DEFAULT_VOICE = "en";
    private static final int SHOWN_BYTES = 4_096;

    /** Who complains as much as this is broken, and is not to fill the disk. */
    private static final long COMPLAINT_BYTES = 1 << 20;

    private static final long LOOK_MILLIS = 100;

    /** It ends without an error code when it cannot open the sound device, and says only this. */
    private static final Pattern COMPLAINT = Pattern.compile("(?im)^(error:|can't ).*$");

    private final Settings settings;
    private final Path program;

    private EspeakNg(Settings settings, Path program) {
        this.settings = settings;
        this.program = program;
    }

    /**
     * Finds the program, and tries voice and device with nothing to say.
     *
     * @return null when it is missing and may be
     */
    static @Nullable Voice find(Settings settings, @Nullable String searchPath) {
        for (String folder : (searchPath == null ? "" : searchPath).split(File.pathSeparator)) {
            Path program = in(folder);
            if (program != null && Files.isRegularFile(program) && Files.isExecutable(program)) {
                return tried(new EspeakNg(settings, program));
            }
        }
        String sentence =
                settings.owner()
                        + ": the program espeak-ng was expected on the PATH and is not there;"
                        + " install it (apt-get install espeak-ng), name a speech server with"
                        + " server=tcp://host:port, or set missing=skip or to=none";
        if (settings.skipMissing()) {
            LOG.warn("{}; nothing is said until then", sentence);
            return null;
        }
        throw new GanglionException(GanglionException.Kind.SETUP, sentence);
    }

    private static @Nullable Path in(String folder) {
        try {
            return folder.isEmpty() ? null : Path.of(folder).toAbsolutePath().resolve(PROGRAM);
        } catch (InvalidPathException noFolder) {
            return null;
        }
    }

    private static Voice tried(EspeakNg voice) {
        Run trial = new Run(voice, List.of(), "", voice.settings.folder() == null);
        try {
            trial.speak();
        } catch (GanglionException failed) {
            throw voice.settings.setup(
                    failed.getMessage()
                            + "; set voice to one that espeak-ng --voices lists, or to=FOLDER or"
                            + " to=none where there is no sound device",
                    failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw voice.settings.setup("the start of espeak-ng was interrupted", stopped);
        }
        return voice;
    }

    @Override
    public Utterance prepare(String text, @Nullable Path file) {
        List<String> options =
                file == null ? List.of() : List.of("-w", file.toAbsolutePath().toString());
        return new Run(this, options, text, true);
    }

    /** One run of the program. */
    private static final class Run implements Utterance {
        private final Settings settings;
        private final ProcessBuilder builder;
        private final byte[] text;
        private @Nullable Process running;
        private boolean cancelled;

        Run(EspeakNg voice, List<String> options, String text, boolean audible) {
            this.settings = voice.settings;
            List<String> command = new ArrayList<>();
            command.add(voice.program.toString());
            String name = settings.voice();
            command.addAll(List.of("-v", name == null ? DEFAULT_VOICE : name));
            command.addAll(List.of("-s", Integer.toString(settings.wordsPerMinute())));
            // UTF-8, all of it before the first word: else each line would be spoken as it comes.
            command.addAll(List.of("-b", "1", "--stdin"));
            command.addAll(options);
            if (!audible) {
                command.add("-q");
            }
            this.builder = new ProcessBuilder(command);
            this.text = text.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public void speak() throws InterruptedException {
            // Files, not pipes: nobody waits for who does not read, or does not hang up. Others of
            // this machine cannot read them.
            Path read = null;
            Path said = null;
            try {
                read = Files.createTempFile("ganglion-speech-", ".text");
                Files.write(read, text);
                said = Files.createTempFile("ganglion-speech-", ".errors");
                run(read, said);
            } catch (IOException e) {
                throw settings.retry(
                        "the folder of the JVM for temporary files (java.io.tmpdir) was expected to"
                                + " take a text for espeak-ng ("
                                + e.getMessage()
                                + "); make room there",
                        e);
            } finally {
                delete(read);
                delete(said);
            }
        }

        private void run(Path read, Path said) throws InterruptedException, IOException {
            Process process;
            synchronized (this) {
                if (cancelled) {
                    return;
                }
                try {
                    process =
                            builder.redirectInput(read.toFile())
                                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                                    .redirectError(said.toFile())
                                    .start();
                } catch (IOException e) {
                    throw settings.retry("espeak-ng cannot be started (" + e.getMessage() + ")", e);
                }
                running = process;
            }
            try {
                awaitEnd(process, said);
                if (!isCancelled()) {
                    checkEnd(process, said);
                }
            } finally {
                process.destroyForcibly();
            }
        }

        private void awaitEnd(Process process, Path said) throws InterruptedException, IOException {
            long deadlineNanos =
                    System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(settings.timeoutMillis());
            while (true) {
                long leftMillis =
                        TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime()) + 1;
                if (process.waitFor(Math.min(LOOK_MILLIS, leftMillis), TimeUnit.MILLISECONDS)) {
                    return;
                }
                if (Files.size(said) > COMPLAINT_BYTES) {
                    throw settings.retry(
                            "espeak-ng was stopped because it complained without an end ("
                                    + start(said).lines().findFirst().orElse("")
                                    + "); try it in a shell",
                            null);
                }
                if (System.nanoTime() - deadlineNanos >= 0) {
                    throw settings.retry(
                            "espeak-ng was still busy with one text after "
                                    + settings.timeoutMillis()
                                    + " ms and was stopped; say less, or raise the option"
                                    + " timeoutMillis",
                            null);
                }
            }
        }

        private static String start(Path said) throws IOException {
            try (InputStream in = Files.newInputStream(said)) {
                return new String(in.readNBytes(SHOWN_BYTES), StandardCharsets.UTF_8);
            }
        }

        private static void delete(@Nullable Path file) {
            try {
                if (file != null) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException leftForTheSystem) {
                // It tidies its folder for temporary files.
            }
        }

        private synchronized boolean isCancelled() {
            return cancelled;
        }

        private void checkEnd(Process process, Path said) throws IOException {
            Matcher complaint = COMPLAINT.matcher(start(said));
            boolean complained = complaint.find();
            if (process.exitValue() != 0 || complained) {
                throw settings.retry(
                        "espeak-ng ended with code "
                                + process.exitValue()
                                + (complained
                                        ? " and said '" + complaint.group().strip() + "'"
                                        : ""),
                        null);
            }
        }

        @Override
        public synchronized void cancel() {
            cancelled = true;
            if (running != null) {
                running.destroyForcibly();
            }
        }
    }
}
