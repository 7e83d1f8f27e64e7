package dev.ganglion.launcher;

import java.io.IOException;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ganglion model swap}. */
@Command(
        name = "swap",
        mixinStandardHelpOptions = true,
        description = {
            "Replaces the version of a model that serves, while routes run. The new one is loaded, compared and"
                    + " warmed up first; whatever fails leaves the present one serving.",
            ""
        },
        footer = {"", "Exit status: 0 when done (with --wait: when the version serves), else 1."})
final class ModelSwapCommand extends ModelChangeCommand {
    private static final List<String> UNDECIDED =
            List.of("draining", "probation", "canary", "shadow");
    private static final long LOOK_MILLIS = 200;

    @Parameters(index = "1", paramLabel = "VERSION", description = "The version that is to serve.")
    private String version = "";

    @Option(
            names = "--strategy",
            paramLabel = "STRATEGY",
            description = {
                "immediate: it serves at once and for good.",
                "blue-green: at once, and the one before is kept until the probation has passed.",
                "canary: it answers a share of the messages until then.",
                "shadow: it answers none and runs beside; how often the two differ is counted.",
                "What is not given here is as the model's card says."
            })
    private @Nullable String strategy;

    @Option(
            names = "--drain-first",
            description =
                    "Unloads the present one before the new one is loaded, for a device without room for two;"
                            + " messages wait meanwhile.")
    private boolean drainFirst;

    @Option(
            names = "--probation-seconds",
            paramLabel = "N",
            description = "How long it is watched at least.")
    private @Nullable Long probationSeconds;

    @Option(
            names = "--probation-messages",
            paramLabel = "N",
            description = "How many messages it must have handled before it is judged.")
    private @Nullable Long probationMessages;

    @Option(
            names = "--share",
            paramLabel = "PERCENT",
            description = "The share of the messages that a canary answers.")
    private @Nullable Integer sharePercent;

    @Option(
            names = "--max-error-rate",
            paramLabel = "PERCENT",
            description = "How many of its messages may fail.")
    private @Nullable BigDecimal maxErrorRatePercent;

    @Option(
            names = "--max-latency-ratio",
            paramLabel = "X",
            description = "How many times longer than the one before it may take; 0 for no limit.")
    private @Nullable BigDecimal maxLatencyRatio;

    @Option(
            names = "--max-memory",
            paramLabel = "MB",
            description = "How much memory it may take; 0 for no limit.")
    private @Nullable Integer maxMemoryMegabytes;

    @Option(
            names = "--wait",
            description = "Waits until it was accepted or the old one serves again.")
    private boolean wait;

    @Override
    Map<String, Object> request() {
        Map<String, Object> request = about("model.swap", name());
        request.put("version", version);
        put(request, "strategy", strategy);
        put(request, "drainFirst", drainFirst ? "true" : null);
        put(request, "probationSeconds", probationSeconds);
        put(request, "probationMessages", probationMessages);
        put(request, "share", sharePercent);
        put(request, "maxErrorRate", maxErrorRatePercent);
        put(request, "maxLatencyRatio", maxLatencyRatio);
        put(request, "maxMemoryMegabytes", maxMemoryMegabytes);
        return request;
    }

    private static void put(Map<String, Object> request, String name, @Nullable Object value) {
        if (value != null) {
            request.put(name, String.valueOf(value));
        }
    }

    @Override
    public Integer call() throws Exception {
        Map<String, Object> answer = ask(request());
        show(wait ? awaited(answer) : answer);
        return 0;
    }

    private Map<String, Object> awaited(Map<String, Object> answer)
            throws IOException, InterruptedException {
        while (true) {
            Map<String, Object> shown = ask(about("model.show", name()));
            List<Map<?, ?>> versions = objects(shown.get("versions"));
            if (versions.stream().noneMatch(each -> UNDECIDED.contains(each.get("state")))) {
                return ended(answer, shown, serves(versions));
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    private boolean serves(List<Map<?, ?>> versions) {
        return versions.stream()
                .anyMatch(
                        each ->
                                "serving".equals(each.get("state"))
                                        && version.equals(String.valueOf(each.get("version"))));
    }

    private Map<String, Object> ended(
            Map<String, Object> answer, Map<String, Object> shown, boolean serves)
            throws IOException {
        if (!serves) {
            List<Map<?, ?>> log = objects(shown.get("log"));
            throw new IOException(
                    "version "
                            + version
                            + " of the model '"
                            + name()
                            + "' does not serve"
                            + (log.isEmpty()
                                    ? ""
                                    : ": " + log.get(log.size() - 1).get("sentence")));
        }
        Map<String, Object> accepted = new LinkedHashMap<>(answer);
        accepted.put("sentence", name() + "@" + version + " serves");
        return accepted;
    }
}
