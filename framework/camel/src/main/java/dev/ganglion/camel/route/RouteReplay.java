package dev.ganglion.camel.route;

import dev.ganglion.camel.word.Replay;
import dev.ganglion.camel.word.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.apache.camel.model.EndpointRequiredDefinition;
import org.apache.camel.model.ExpressionNode;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.jspecify.annotations.Nullable;

/**
 * Puts a recording in the place of what a route begins with, and leaves out what reaches outside.
 */
final class RouteReplay {
    private static final String RECORDING = "sense:recording";

    /** What stays within the process. */
    private static final Set<String> INSIDE =
            Set.of(
                    "direct",
                    "seda",
                    "log",
                    "bean",
                    "class",
                    "language",
                    "dataformat",
                    "mock",
                    "validator");

    private final Replay replay;
    private final UnaryOperator<String> resolved;

    /**
     * For one file.
     *
     * @param resolved an address with its placeholders replaced
     */
    RouteReplay(Replay replay, UnaryOperator<String> resolved) {
        this.replay = replay;
        this.resolved = resolved;
    }

    /**
     * {@return the index of the route that is replayed}
     *
     * @param begin the ids of the routes that are fed from outside, in the order of all routes;
     *     null for others
     */
    int chosen(String file, List<@Nullable String> begin) {
        String recorded = replay.recording().header().route();
        int index = begin.indexOf(recorded);
        if (index >= 0) {
            return index;
        }
        List<String> existing = new ArrayList<>();
        for (int i = 0; i < begin.size(); i++) {
            String id = begin.get(i);
            if (id != null) {
                existing.add(id);
                index = i;
            }
        }
        if (replay.changed() && existing.size() == 1) {
            return index;
        }
        throw replay.refused(
                replay.recording().file()
                        + " cannot be replayed: it is a recording of the route '"
                        + recorded
                        + "', and "
                        + file
                        + " has: "
                        + String.join(", ", existing)
                        + "; name its file with --route, or replay it with --changed on a file of"
                        + " one route");
    }

    /** Has the route begin with the recording. */
    void begin(RouteDefinition route) {
        route.getInput().setUri(RECORDING);
    }

    /** Unless devices are to be asked, nothing may reach outside from the middle of a route. */
    void keepInside(ProcessorDefinition<?> of) {
        if (replay.acts()) {
            return;
        }
        List<ProcessorDefinition<?>> outputs = of.getOutputs();
        for (ProcessorDefinition<?> output : List.copyOf(outputs)) {
            if (output instanceof ToDefinition to && reachesOutside(to.getUri())) {
                outputs.remove(output);
            } else if (output instanceof ToDynamicDefinition dynamic
                    && reachesOutside(dynamic.getUri())) {
                throw outside(dynamic.getUri());
            } else if (output instanceof EndpointRequiredDefinition required
                    && reachesOutside(required.getEndpointUri())) {
                throw outside(required.getEndpointUri());
            } else if (output instanceof ExpressionNode reads
                    && Set.of("enrich", "pollEnrich").contains(reads.getShortName())) {
                throw outside(reads.getShortName());
            } else {
                keepInside(output);
            }
        }
    }

    private RuntimeException outside(String what) {
        return replay.refused(
                "'"
                        + what
                        + "' reaches outside in the middle of the route, and a replay does not;"
                        + " say --act to have it do so");
    }

    private boolean reachesOutside(@Nullable String uri) {
        String address = uri == null ? "" : resolved.apply(uri);
        int colon = address.indexOf(':');
        String scheme = colon < 0 ? address : address.substring(0, colon);
        return !Words.ALL.contains(scheme) && !INSIDE.contains(scheme);
    }
}
