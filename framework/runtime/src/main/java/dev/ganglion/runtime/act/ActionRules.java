package dev.ganglion.runtime.act;

import dev.ganglion.api.act.ActionSpec;
import dev.ganglion.api.act.Actuator;
import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Which decision becomes which action, from a file such as
 *
 * <pre>
 * iot_hue_lighton:
 *   action: light_on
 *   room: "{house_place|living room}"    # a slot; what follows | holds when nobody said it
 *   brightness: 100
 * </pre>
 *
 * A decision without a rule is not acted on, unless there is a rule {@code "*"} for all that have
 * none of their own. Where a number is expected and a phrase was said ("by 20 percent"), the first
 * number in it counts. Immutable.
 */
public final class ActionRules {

    /** An action with, for each of its parameters in order, what the rule writes or null. */
    private record Rule(ActionSpec action, List<@Nullable Template> templates) {}

    private static final String ANY = "*";

    private final Map<String, Rule> rules;
    private final @Nullable Rule other;

    private ActionRules(Map<String, Rule> rules, @Nullable Rule other) {
        this.rules = rules;
        this.other = other;
    }

    /**
     * The rules for an actuator, checked against what it can do. No device is opened.
     *
     * @param file the actions file, or null: then a decision must have the name of an action
     * @throws GanglionException of kind SETUP when the file is not there, is not YAML, or names
     *     what does not exist
     */
    public static ActionRules of(Actuator actuator, Options options, @Nullable Path file) {
        List<ActionSpec> actions = actuator.actions(options);
        return file == null ? byName(actions) : read(file, actuator.name(), actions);
    }

    /**
     * Rules under which a decision that has the name of an action becomes that action, parameter by
     * parameter.
     */
    static ActionRules byName(List<ActionSpec> actions) {
        Map<String, Rule> rules = new LinkedHashMap<>();
        for (ActionSpec action : actions) {
            List<@Nullable Template> templates = new ArrayList<>();
            action.parameters()
                    .forEach(
                            p ->
                                    templates.add(
                                            new Template(
                                                    "{" + p.name() + "}",
                                                    p,
                                                    action.name(),
                                                    action.name())));
            rules.put(action.name(), new Rule(action, templates));
        }
        return new ActionRules(rules, null);
    }

    /**
     * Reads a file and checks each rule against what the device can do.
     *
     * @param device who performs the actions, for messages
     * @throws GanglionException of kind SETUP when the file is not there, is not YAML, or names
     *     what does not exist
     */
    static ActionRules read(Path file, String device, List<ActionSpec> actions) {
        Object root;
        try {
            root =
                    new Load(LoadSettings.builder().setLabel(file.toString()).build())
                            .loadFromString(Files.readString(file));
        } catch (YamlEngineException e) {
            throw new GanglionException(
                    Kind.SETUP,
                    "the actions file is not YAML: "
                            + String.valueOf(e.getMessage()).replaceAll("\\s*\\R\\s*", " "),
                    e);
        } catch (IOException e) {
            throw new GanglionException(
                    Kind.SETUP,
                    "the actions file "
                            + file
                            + " of act:"
                            + device
                            + " cannot be read ("
                            + e
                            + "); actions= names a file beside the route",
                    e);
        }
        if (!(root instanceof Map<?, ?> map)) {
            throw new GanglionException(
                    Kind.SETUP,
                    "the actions file "
                            + file
                            + " must map names of decisions to actions, found '"
                            + root
                            + "'");
        }
        Map<String, Rule> rules = new LinkedHashMap<>();
        map.forEach(
                (decision, rule) ->
                        rules.put(
                                String.valueOf(decision),
                                rule(file, device, actions, decision, rule)));
        // A decision that calls itself so is no other than the rest.
        return new ActionRules(rules, rules.remove(ANY));
    }

    private static Rule rule(
            Path file,
            String device,
            List<ActionSpec> actions,
            @Nullable Object decision,
            @Nullable Object written) {
        String owner = "the actions file " + file + ", decision '" + decision + "'";
        String where = owner + ",";
        Map<String, String> parameters = new LinkedHashMap<>();
        if (written instanceof Map<?, ?> map) {
            map.forEach(
                    (name, value) -> {
                        if (value != null) {
                            parameters.put(String.valueOf(name), String.valueOf(value));
                        }
                    });
        } else {
            parameters.put("action", String.valueOf(written));
        }
        String name = parameters.remove("action");
        ActionSpec action =
                actions.stream().filter(each -> each.name().equals(name)).findFirst().orElse(null);
        if (action == null) {
            throw new GanglionException(
                    Kind.SETUP,
                    where
                            + " names the action '"
                            + name
                            + "', which act:"
                            + device
                            + " does not have; it has: "
                            + actions.stream()
                                    .map(ActionSpec::name)
                                    .collect(Collectors.joining(", ")));
        }
        for (String given : parameters.keySet()) {
            if (action.parameters().stream().noneMatch(each -> each.name().equals(given))) {
                throw new GanglionException(
                        Kind.SETUP,
                        where
                                + " gives '"
                                + given
                                + "', which "
                                + action.name()
                                + " does not take; it takes: "
                                + action.parameters());
            }
        }
        List<@Nullable Template> templates = new ArrayList<>();
        for (Parameter spec : action.parameters()) {
            if (spec.isRequired() && !parameters.containsKey(spec.name())) {
                throw new GanglionException(
                        Kind.SETUP,
                        where
                                + " lacks '"
                                + spec.name()
                                + "', which "
                                + action.name()
                                + " needs: "
                                + spec);
            }
            String value = parameters.get(spec.name());
            templates.add(value == null ? null : new Template(value, spec, owner, action.name()));
        }
        return new Rule(action, templates);
    }

    private @Nullable Rule rule(Decision decision) {
        Rule rule = rules.get(decision.name());
        return rule == null ? other : rule;
    }

    /** {@return the action for a decision, or null when there is no rule for it} */
    @Nullable ActionSpec action(Decision decision) {
        Rule rule = rule(decision);
        return rule == null ? null : rule.action();
    }

    /**
     * The parameters of the action, checked.
     *
     * @throws GanglionException of kind INPUT or SETUP when something that the action needs was not
     *     said, or does not fit
     */
    Map<String, Object> parameters(Decision decision) {
        Rule rule = rule(decision);
        if (rule == null) {
            throw new IllegalArgumentException("no rule for " + decision.name());
        }
        List<Parameter> specs = rule.action().parameters();
        Map<String, Object> parameters = new LinkedHashMap<>();
        for (int i = 0; i < specs.size(); i++) {
            Parameter spec = specs.get(i);
            Template template = rule.templates().get(i);
            Object value = template == null ? null : template.value(decision);
            if (value == null && spec.defaultValue() != null) {
                value = spec.parse(rule.action().name(), spec.defaultValue());
            }
            if (value != null) {
                parameters.put(spec.name(), value);
            } else if (spec.isRequired()) {
                throw new GanglionException(
                        Kind.INPUT,
                        rule.action().name()
                                + " needs '"
                                + spec.name()
                                + "' ("
                                + spec.expected()
                                + "), and '"
                                + decision.name()
                                + "' came with: "
                                + decision.parameters());
            }
        }
        return parameters;
    }
}
