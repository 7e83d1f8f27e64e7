package dev.ganglion.camel.route;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.camel.word.Words;
import dev.ganglion.runtime.wiring.RouteStep;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.model.EndpointRequiredDefinition;
import org.apache.camel.model.FromDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.util.URISupport;

/** Reads the addresses of the routes of one file. */
final class RouteAddresses {
    /**
     * An address in a route, where it stands, and whether it is the same for each message because
     * it stands under {@code from:} or {@code to:}.
     */
    record Address(String uri, int line, boolean fixed) {}

    /** A step and where it stands. */
    record PlacedStep(RouteStep step, int line) {}

    private final CamelContext camel;
    private final Path file;
    private final Path folder;

    /**
     * Of a file.
     *
     * @param folder what relative paths of its steps start from
     */
    RouteAddresses(CamelContext camel, Path file, Path folder) {
        this.camel = camel;
        this.file = file;
        this.folder = folder;
    }

    /** {@return the file with the line, for messages} */
    String at(int line) {
        return line > 0 ? file + ":" + line : file.toString();
    }

    static <D> List<D> outputs(RouteDefinition route, Class<D> type) {
        return List.copyOf(ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), type));
    }

    /**
     * The steps in the order in which a message meets them, with the lines of their addresses.
     *
     * @param headless whether the beginning is left out
     */
    List<PlacedStep> steps(RouteDefinition route, boolean headless) {
        List<PlacedStep> steps = new ArrayList<>();
        for (Address address : of(route)) {
            boolean recorded = headless && scheme(address.uri()).equals("sense");
            if (isWord(address.uri()) && !recorded) {
                steps.add(new PlacedStep(untied(step(address.uri())), address.line()));
            }
        }
        return steps;
    }

    /** {@return the step as the file has it, without what ties it to its route} */
    static RouteStep untied(RouteStep step) {
        Map<String, String> parameters = new LinkedHashMap<>(step.parameters());
        parameters.remove(Words.ROUTE);
        return new RouteStep(step.word(), step.name(), parameters, step.folder());
    }

    /** All addresses of a route that are known before a message comes. */
    List<Address> of(RouteDefinition route) {
        List<Address> addresses = new ArrayList<>();
        FromDefinition from = route.getInput();
        addresses.add(address(from.getUri(), from.getLineNumber(), true));
        for (ProcessorDefinition<?> output : outputs(route, ProcessorDefinition.class)) {
            if (output instanceof EndpointRequiredDefinition required) {
                addresses.add(
                        address(
                                required.getEndpointUri(),
                                output.getLineNumber(),
                                output instanceof ToDefinition));
            } else if (output instanceof ToDynamicDefinition dynamic
                    && !dynamic.getUri().contains("${")) {
                addresses.add(address(dynamic.getUri(), output.getLineNumber(), false));
            }
        }
        return addresses;
    }

    /** An address with its placeholders filled in. */
    Address address(String written, int line, boolean fixed) {
        try {
            return new Address(resolved(written), line, fixed);
        } catch (IllegalArgumentException e) {
            throw new GanglionException(
                    Kind.SETUP,
                    at(line)
                            + ": a placeholder in '"
                            + written
                            + "' has no value; write {{name:default}}, or set it when you start ("
                            + e.getMessage()
                            + ")",
                    e);
        }
    }

    /** {@return the address with its placeholders filled in} */
    String resolved(String uri) {
        return camel.resolvePropertyPlaceholders(uri);
    }

    /** {@return whether it is one of the five words} */
    static boolean isWord(String uri) {
        return Words.ALL.contains(scheme(uri));
    }

    /** {@return what stands before the colon} */
    static String scheme(String uri) {
        int colon = uri.indexOf(':');
        return colon < 0 ? "" : uri.substring(0, colon);
    }

    /** {@return the address of a word, taken apart} */
    RouteStep step(String uri) {
        int colon = uri.indexOf(':');
        int question = uri.indexOf('?');
        String name =
                uri.substring(colon + 1, question < 0 ? uri.length() : question)
                        .replaceFirst("^//", "");
        Map<String, String> parameters = new LinkedHashMap<>();
        if (question >= 0) {
            try {
                Map<String, Object> query =
                        URISupport.parseQuery(uri.substring(question + 1), true);
                URISupport.resolveRawParameterValues(query);
                query.forEach((key, value) -> parameters.put(key, String.valueOf(value)));
            } catch (URISyntaxException e) {
                throw new GanglionException(
                        Kind.SETUP,
                        file + ": the address '" + uri + "' is not understood: " + e.getMessage(),
                        e);
            }
        }
        return new RouteStep(uri.substring(0, colon), name, parameters, folder);
    }
}
