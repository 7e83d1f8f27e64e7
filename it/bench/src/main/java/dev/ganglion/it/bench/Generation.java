package dev.ganglion.it.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Tokens per second of an engine beside the same library driven from elsewhere: all programs are
 * started once and then make their rounds in turn, so that what else the machine does hits all.
 */
public final class Generation {
    private static final int WARM_ROUNDS = 20;

    private final String name;
    private final Process process;
    private final BufferedReader answers;
    private final Writer told;
    private final List<Double> tokensPerSecond = new ArrayList<>();
    private final List<Double> tokensPerBusySecond = new ArrayList<>();
    private String hash = "";

    private Generation(String name, List<String> command) throws IOException {
        this.name = name;
        process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        answers =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        told = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        answer();
    }

    private String answer() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new IOException(name + " ended instead of answering");
        }
        return line;
    }

    private void round(int tokens, boolean counted) throws IOException {
        told.write("\n");
        told.flush();
        String[] words = answer().split(" ");
        hash = words[2];
        if (counted) {
            tokensPerSecond.add(tokens * 1e9 / Long.parseLong(words[0]));
            tokensPerBusySecond.add(tokens * 1e9 / Long.parseLong(words[1]));
        }
    }

    /**
     * Takes the number of rounds, the model's name, how many tokens a round has, and a file of
     * programs: on each line a name, a tab, and a command whose words are separated by tabs.
     */
    public static void main(String[] arguments) throws Exception {
        int rounds = Integer.parseInt(arguments[0]);
        int tokens = Integer.parseInt(arguments[2]);
        List<Generation> programs = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(Path.of(arguments[3]))) {
                List<String> words = Arrays.asList(line.split("\t"));
                programs.add(new Generation(words.get(0), words.subList(1, words.size())));
            }
            for (int round = -WARM_ROUNDS; round < rounds; round++) {
                List<Generation> inTurn = new ArrayList<>(programs);
                // Who comes second finds the processor as the first one left it.
                Collections.rotate(inTurn, round);
                for (Generation program : inTurn) {
                    program.round(tokens, round >= 0);
                }
            }
            report(arguments[1], programs);
        } finally {
            programs.forEach(program -> program.process.destroy());
        }
    }

    private static void report(String model, List<Generation> programs) {
        Generation reference = programs.get(0);
        System.out.printf(
                Locale.ROOT,
                "%n%s, 1 thread, %d rounds in turn%n%-34s %10s %10s %8s %12s  %s%n",
                model,
                reference.tokensPerSecond.size(),
                "",
                "tokens/s",
                "best",
                "ratio",
                "ratio of CPU",
                "same tokens");
        for (Generation program : programs) {
            System.out.printf(
                    Locale.ROOT,
                    "%-34s %10.0f %10.0f %8.3f %12.3f  %s%n",
                    program.name,
                    median(program.tokensPerSecond),
                    Collections.max(program.tokensPerSecond),
                    ratio(program.tokensPerSecond, reference.tokensPerSecond),
                    ratio(program.tokensPerBusySecond, reference.tokensPerBusySecond),
                    program.hash.equals(reference.hash) ? "yes" : "NO");
        }
    }

    /** The median of what each round says: its two figures were measured one after the other. */
    private static double ratio(List<Double> own, List<Double> reference) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < own.size(); i++) {
            ratios.add(own.get(i) / reference.get(i));
        }
        return median(ratios);
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }
}
