package org.splnet.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/// Runs what fits a pattern, class by class, and prints for each a table: a line for each benchmark, a column
/// for each value of its parameter. `bench/micro` runs it.
public final class Micro {
    private static final String[] JVM = {"-XX:+UseSerialGC", "-Xmx2g", "-Xms512m",
        "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
        "-Dio.netty.noUnsafe=false", "-Dio.netty.leakDetection.level=disabled", "-Djmh.executor=CUSTOM",
        "-Djmh.executor.class=" + DutyThreads.class.getName()};

    private final boolean quick;

    private Micro(boolean quick) {
        this.quick = quick;
    }

    /// @param args "quick" or "full", and a regular expression to be found in `Class.method`, the class
    ///     without its "Bench"
    public static void main(String[] args) throws RunnerException, IOException {
        var wanted = Pattern.compile(args.length > 1 ? args[1] : "");
        Map<String, List<String>> chosen = new TreeMap<>();
        for (BenchmarkListEntry each : BenchmarkList.defaultList().getAll(
                OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT), List.of())) {
            String name = each.getUsername();
            int dot = name.lastIndexOf('.');
            String type = name.substring(name.lastIndexOf('.', dot - 1) + 1, dot).replaceFirst("Bench$", "");
            if (wanted.matcher(type + name.substring(dot)).find()) {
                chosen.computeIfAbsent(type, key -> new ArrayList<>()).add(name);
            }
        }
        if (chosen.isEmpty()) {
            System.err.println("micro: nothing fits " + wanted);
            System.exit(64);
        }
        var micro = new Micro("quick".equals(args[0]));
        for (Map.Entry<String, List<String>> each : chosen.entrySet()) {
            micro.run(each.getKey(), each.getValue());
        }
    }

    private void run(String type, List<String> names) throws RunnerException, IOException {
        var options = new OptionsBuilder().mode(Mode.AverageTime).timeUnit(TimeUnit.NANOSECONDS).threads(1)
                .addProfiler(CpuTime.class).verbosity(VerboseMode.SILENT).shouldFailOnError(true)
                .forks(quick ? 1 : 3).jvmArgs(JVM)
                .warmupIterations(quick ? 4 : 5).warmupTime(TimeValue.milliseconds(quick ? 200 : 500))
                .measurementIterations(quick ? 5 : 7)
                .measurementTime(TimeValue.milliseconds(quick ? 100 : 300));
        names.forEach(name -> options.include("^" + Pattern.quote(name) + "$"));
        Collection<RunResult> results = new Runner(options.build()).run();
        print(type, results);
    }

    private static void print(String type, Collection<RunResult> results) throws IOException {
        Map<String, Map<String, double[]>> lines = new TreeMap<>();
        Map<String, Boolean> columns = new LinkedHashMap<>();
        String by = "";
        for (RunResult each : results) {
            BenchmarkParams params = each.getParams();
            Collection<String> keys = params.getParamsKeys();
            by = keys.isEmpty() ? "" : keys.iterator().next();
            String value = keys.isEmpty() ? "" : params.getParam(by);
            columns.put(value, true);
            String name = params.getBenchmark().substring(params.getBenchmark().lastIndexOf('.') + 1);
            lines.computeIfAbsent(name, key -> new LinkedHashMap<>()).put(value, cpu(each));
        }
        System.out.printf(Locale.ROOT, "%n%s, ns of CPU each, median (and spread of the middle half), "
                + "load %s%n",
                type + (by.isEmpty() ? "" : " by " + by), load());
        System.out.printf(Locale.ROOT, "%-12s", "");
        columns.keySet().forEach(value -> System.out.printf(Locale.ROOT, "%17s", value));
        System.out.println();
        lines.forEach((name, values) -> {
            System.out.printf(Locale.ROOT, "%-12s", name);
            columns.keySet().forEach(value -> System.out.print(cell(values.get(value))));
            System.out.println();
        });
    }

    private static String cell(double[] sorted) {
        if (sorted == null) {
            return "%17s".formatted("");
        }
        int n = sorted.length;
        double median = sorted[n / 2];
        double spread = 100 * (sorted[n - 1 - n / 4] - sorted[n / 4]) / median;
        return String.format(Locale.ROOT, "%,10.1f (%2.0f %%)", median, spread);
    }

    private static double[] cpu(RunResult result) {
        var all = new ArrayList<Double>();
        for (BenchmarkResult fork : result.getBenchmarkResults()) {
            for (IterationResult iteration : fork.getIterationResults()) {
                all.add(iteration.getSecondaryResults().get(CpuTime.LABEL).getScore());
            }
        }
        return all.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    }

    private static String load() throws IOException {
        return Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
    }
}
