package dev.ganglion.sensor.series;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the model wants of each reading, in its order, and where that stands in a source. */
final class Columns {
    private static final Pattern WITH_UNIT = Pattern.compile("(.*?)\\s*\\[(.+)]\\s*");
    private static final Pattern WITH_WORDS = Pattern.compile("(.*?)\\s*\\{(.*)}\\s*");

    /** How people write units that UCUM writes otherwise. */
    private static final Map<String, String> SPELLINGS =
            Map.ofEntries(
                    Map.entry("rpm", "/min"),
                    Map.entry("1/min", "/min"),
                    Map.entry("{rpm}", "/min"),
                    Map.entry("Nm", "N.m"),
                    Map.entry("°C", "Cel"),
                    Map.entry("degC", "Cel"),
                    Map.entry("°F", "[degF]"),
                    Map.entry("degF", "[degF]"),
                    Map.entry("°", "deg"),
                    Map.entry("lux", "lx"),
                    Map.entry("ppm", "[ppm]"),
                    Map.entry("%RH", "%"),
                    Map.entry("sec", "s"),
                    Map.entry("m/s^2", "m/s2"),
                    Map.entry("m/s²", "m/s2"));

    private final String owner;
    private final List<Column> columns;
    private final @Nullable String timeColumn;
    private final @Nullable String streamColumn;

    private Columns(
            String owner,
            List<Column> columns,
            @Nullable String timeColumn,
            @Nullable String streamColumn) {
        this.owner = owner;
        this.columns = columns;
        this.timeColumn = timeColumn;
        this.streamColumn = streamColumn;
    }

    /**
     * Reads the options {@code columns}, {@code units}, {@code timeColumn}, {@code streamColumn}.
     */
    static Columns of(Options options) {
        String owner = options.owner();
        List<String> entries = entries(owner, options.text("columns"));
        String[] units = options.text("units").split(",", -1);
        if (units.length != 1 && units.length != entries.size()) {
            throw Layout.setup(
                    owner,
                    "units takes one unit for all columns or one for each of the "
                            + entries.size()
                            + " in columns, found "
                            + units.length
                            + "; correct units='"
                            + options.text("units")
                            + "'");
        }
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            String unit = units[units.length == 1 ? 0 : i].strip();
            if (unit.isEmpty()) {
                throw Layout.setup(
                        owner,
                        "units takes UCUM units joined by commas, 1 for a plain number, and one is"
                                + " empty in '"
                                + options.text("units")
                                + "'; write it");
            }
            columns.add(column(owner, entries.get(i), unit));
        }
        return new Columns(
                owner,
                List.copyOf(columns),
                name(options, "timeColumn"),
                name(options, "streamColumn"));
    }

    private static @Nullable String name(Options options, String option) {
        return options.has(option) ? bare(options.text(option)) : null;
    }

    /** Cuts at the commas that are not between braces. */
    private static List<String> entries(String owner, String text) {
        List<String> entries = new ArrayList<>();
        int start = 0;
        int depth = 0;
        for (int i = 0; i <= text.length(); i++) {
            char c = i == text.length() ? ',' : text.charAt(i);
            if (c == '{') {
                depth++;
            } else if (c == '}') {
                depth--;
            } else if (c == ',' && depth <= 0) {
                String entry = text.substring(start, i).strip();
                if (entry.isEmpty()) {
                    throw Layout.setup(
                            owner,
                            "columns takes names joined by commas, and one is empty in '"
                                    + text
                                    + "'; write it");
                }
                entries.add(entry);
                start = i + 1;
            }
        }
        if (depth != 0) {
            throw Layout.setup(
                    owner, "columns has a brace that is not closed in '" + text + "'; close it");
        }
        return entries;
    }

    private static Column column(String owner, String entry, String unit) {
        Matcher withWords = WITH_WORDS.matcher(entry);
        String name = withWords.matches() ? withWords.group(1) : entry;
        Map<String, Double> words = new LinkedHashMap<>();
        if (withWords.matches()) {
            for (String pair : withWords.group(2).strip().split("[\\s,]+")) {
                int colon = pair.lastIndexOf(':');
                double value = colon < 1 ? Double.NaN : Decimal.parse(pair.substring(colon + 1));
                if (Double.isNaN(value) || words.put(pair.substring(0, colon), value) != null) {
                    throw Layout.setup(
                            owner,
                            "columns takes words for numbers as in Type{L:0 M:1 H:2}, each once,"
                                    + " found '"
                                    + pair
                                    + "' in '"
                                    + entry
                                    + "'; correct it");
                }
            }
        }
        String written = unitIn(name);
        if (written != null && !same(written, unit)) {
            throw differentUnit(owner, "columns has", bare(name), written, unit);
        }
        return new Column(bare(name), unit, Map.copyOf(words));
    }

    private static GanglionException differentUnit(
            String owner, String who, String name, String written, String unit) {
        return Layout.setup(
                owner,
                who
                        + " '"
                        + name
                        + "' in '"
                        + written
                        + "', and units says '"
                        + unit
                        + "'; convert the readings, or correct units");
    }

    private static boolean same(String one, String other) {
        return SPELLINGS.getOrDefault(one, one).equals(SPELLINGS.getOrDefault(other, other));
    }

    /** {@return a name without quotes, blanks and a unit in brackets at its end} */
    private static String bare(String name) {
        String text = unquoted(name);
        Matcher matcher = WITH_UNIT.matcher(text);
        return matcher.matches() ? matcher.group(1) : text;
    }

    private static String unquoted(String name) {
        String text = name.strip();
        boolean quoted =
                text.length() > 1
                        && (text.charAt(0) == '"' || text.charAt(0) == '\'')
                        && text.charAt(text.length() - 1) == text.charAt(0);
        return quoted ? text.substring(1, text.length() - 1).strip() : text;
    }

    private static @Nullable String unitIn(String name) {
        Matcher matcher = WITH_UNIT.matcher(unquoted(name));
        return matcher.matches() ? matcher.group(2).strip() : null;
    }

    int size() {
        return columns.size();
    }

    Column get(int index) {
        return columns.get(index);
    }

    /** {@return the unit of all columns, or that of each, joined by commas} */
    String unit() {
        List<String> units = columns.stream().map(Column::unit).toList();
        return units.stream().distinct().count() == 1 ? units.get(0) : String.join(",", units);
    }

    /** {@return the names that a {@link Row} is filled by, null where there is none} */
    @Nullable String[] names() {
        @Nullable String[] names = new String[columns.size() + 2];
        for (int i = 0; i < columns.size(); i++) {
            names[i] = columns.get(i).name();
        }
        names[columns.size()] = timeColumn;
        names[columns.size() + 1] = streamColumn;
        return names;
    }

    /**
     * Finds the columns by the names in a header.
     *
     * @param source who has the header, for messages
     * @throws GanglionException of kind SETUP when one is missing, or in another unit
     */
    Layout byName(String source, CsvLine header) {
        @Nullable String[] names = names();
        int[] places = new int[names.length];
        for (int i = 0; i < names.length; i++) {
            String name = names[i];
            places[i] = name == null ? -1 : find(source, name, header);
            String unit = i < columns.size() ? unitIn(header.cell(places[i])) : null;
            if (unit != null && !same(unit, columns.get(i).unit())) {
                throw differentUnit(
                        owner, source + " has", columns.get(i).name(), unit, columns.get(i).unit());
            }
        }
        return new Layout(places, header.size(), header.size());
    }

    private int find(String source, String name, CsvLine header) {
        int found = -1;
        for (int i = 0; i < header.size(); i++) {
            if (!bare(header.cell(i)).equals(name)) {
                continue;
            }
            if (found >= 0) {
                throw Layout.setup(
                        owner,
                        source
                                + " has two columns '"
                                + name
                                + "', number "
                                + (found + 1)
                                + " and number "
                                + (i + 1)
                                + ", and one was expected; rename one of them");
            }
            found = i;
        }
        if (found < 0) {
            throw Layout.setup(
                    owner,
                    source
                            + " has no column '"
                            + name
                            + "'; it has: "
                            + header.cells().stream()
                                    .map(Columns::bare)
                                    .collect(Collectors.joining(", "))
                            + "; correct the name, or set delimiter or header");
        }
        return found;
    }

    /** {@return whether all columns are given by number, as where there is no header} */
    boolean numbered() {
        for (String name : names()) {
            if (name != null && number(name) < 1) {
                return false;
            }
        }
        return true;
    }

    /**
     * Finds the columns by their numbers.
     *
     * @param cells how many there are in each row, or 0 when that may vary
     * @throws GanglionException of kind SETUP when one has no number, or there are too few cells
     */
    Layout byNumber(String source, int cells) {
        @Nullable String[] names = names();
        int[] places = new int[names.length];
        int highest = 1;
        for (int i = 0; i < names.length; i++) {
            String name = names[i];
            int number = name == null ? 0 : number(name);
            if (name != null && number < 1) {
                throw Layout.setup(
                        owner,
                        source
                                + " is read without a header, where columns are numbers from 1, and '"
                                + name
                                + "' was found; set header=true or write its number");
            }
            if (cells > 0 && number > cells) {
                throw Layout.setup(
                        owner,
                        source
                                + " has no column "
                                + number
                                + "; it has "
                                + cells
                                + ", numbered from 1; correct the number, or set another"
                                + " delimiter");
            }
            places[i] = number - 1;
            highest = Math.max(highest, number);
        }
        return cells > 0
                ? new Layout(places, cells, cells)
                : new Layout(places, highest, Integer.MAX_VALUE);
    }

    private static int number(String name) {
        if (name.isEmpty() || name.length() > 6) {
            return 0;
        }
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) < '0' || name.charAt(i) > '9') {
                return 0;
            }
        }
        return Integer.parseInt(name);
    }

    /**
     * {@return the layout of rows that hold the columns and nothing else, in their order}
     *
     * @throws GanglionException of kind SETUP when a time or a stream is wanted as well
     */
    Layout inOrder(String source) {
        if (timeColumn != null || streamColumn != null) {
            throw Layout.setup(
                    owner,
                    source
                            + " gives rows without names, in which timeColumn and streamColumn cannot"
                            + " be found; give all columns by number, set header=true, or send JSON"
                            + " objects");
        }
        int[] places = new int[columns.size() + 2];
        for (int i = 0; i < columns.size(); i++) {
            places[i] = i;
        }
        places[columns.size()] = -1;
        places[columns.size() + 1] = -1;
        return new Layout(places, columns.size(), columns.size());
    }
}
