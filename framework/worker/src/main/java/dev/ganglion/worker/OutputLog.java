package dev.ganglion.worker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes what a worker prints on to the log, line by line, until the worker ends. */
final class OutputLog implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger("dev.ganglion.worker.output");
    private static final int MAX_LINE = 4096;

    private final String model;
    private final InputStream printed;

    private OutputLog(String model, InputStream printed) {
        this.model = model;
        this.printed = printed;
    }

    static void start(String model, InputStream printed) {
        Thread thread =
                new Thread(new OutputLog(model, printed), "ganglion-worker-output " + model);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void run() {
        StringBuilder line = new StringBuilder();
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(printed, StandardCharsets.UTF_8))) {
            for (int next = reader.read(); next >= 0; next = reader.read()) {
                if (next != '\n') {
                    line.append((char) next);
                }
                if (next == '\n' || line.length() >= MAX_LINE) {
                    log(line);
                }
            }
        } catch (IOException ended) {
            LOG.debug("The worker of {} was cut off", model, ended);
        }
        log(line);
    }

    private void log(StringBuilder line) {
        if (line.length() > 0) {
            LOG.info("worker of {}: {}", model, line);
            line.setLength(0);
        }
    }
}
