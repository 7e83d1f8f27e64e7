package dev.ganglion.testkit.toy;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import dev.ganglion.api.data.Sample;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.sense.Sensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The lines of a file on a thread of its own; an empty line is a bad one. */
public class LinesSensor implements Sensor {
    @Override
    public String name() {
        return "lines";
    }

    @Override
    public List<Parameter> options() {
        return List.of(Parameter.path("path").required().describedAs("the file"));
    }

    @Override
    public TensorSpec output(Options options) {
        return TensorSpec.TEXT;
    }

    @Override
    public AutoCloseable open(Options options, Sink sink) {
        Path path = options.path("path");
        if (!Files.isRegularFile(path)) {
            throw new GanglionException(
                    GanglionException.Kind.SETUP, "sense:lines: there is no file " + path);
        }
        Reader reader = new Reader(path, sink);
        Thread thread = new Thread(reader, "lines");
        thread.setDaemon(true);
        thread.start();
        return () -> {
            reader.stopped = true;
            thread.join();
        };
    }

    private static final class Reader implements Runnable {
        private final Path path;
        private final Sink sink;
        private volatile boolean stopped;

        Reader(Path path, Sink sink) {
            this.path = path;
            this.sink = sink;
        }

        @Override
        public void run() {
            try {
                List<String> lines = Files.readAllLines(path);
                for (int i = 0; i < lines.size() && !stopped; i++) {
                    give(i, lines.get(i));
                }
                if (!stopped) {
                    sink.ended();
                }
            } catch (IOException unreadable) {
                sink.failed(path.toString(), 0, bad("cannot be read"));
            }
        }

        private void give(int number, String line) {
            if (line.isEmpty()) {
                sink.failed(path.toString(), number, bad("line " + number + " is empty"));
            } else {
                sink.put(
                        new Sample<CharSequence>(
                                path.toString(), number, System.nanoTime(), line, true));
            }
        }

        private GanglionException bad(String what) {
            return new GanglionException(GanglionException.Kind.INPUT, path + ": " + what);
        }
    }
}
