using System.Collections.Concurrent;
using Toolkit.Autograd.Checking;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Reliability.Graphs;

/// <summary>
/// Random graphs in float32 and float64: the compiled function, with every rewriting, gives what the interpreter gives, and so does ONNX Runtime on the exported file; the derivative in a direction is the same in reverse and in
/// forward mode, and that of differences.
/// </summary>
internal sealed record GraphFuzzer() : Harness("graphs")
{
    private const int Few = 500, Many = 10_000, MostFailures = 20;

    private static readonly ExecutionOptions OneThread = new() { Threads = 1 };

    public override Outcome Run(bool isLong, int seed)
    {
        int count = isLong ? Many : Few;
        var failures = new ConcurrentQueue<string>();
        var counts = new ConcurrentDictionary<string, int>();
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, number =>
        {
            if (failures.Count >= MostFailures)
                return;
            GraphCheck check = Check(seed, number);
            foreach (string failure in check.Failures)
                failures.Enqueue($"graph {number} of seed {seed}: {failure}");
            foreach ((string what, int times) in check.Counts)
                counts.AddOrUpdate(what, times, (_, before) => before + times);
        });
        return new Outcome(count, [.. failures], string.Join(", ", counts.OrderByDescending(each => each.Value).ThenBy(each => each.Key, StringComparer.Ordinal).Select(each => $"{each.Value} {each.Key}")));
    }

    /// <summary>Checks one graph again and prints it.</summary>
    public static void Repeat(int seed, int number)
    {
        Print(Graph(seed, number).Signature.Nodes, "");
        Console.WriteLine(string.Join('\n', Check(seed, number).Failures.DefaultIfEmpty("All hold.")));
    }

    private static void Print(IEnumerable<Node> nodes, string indent)
    {
        foreach (Node node in nodes)
        {
            Console.WriteLine($"{indent}{string.Join(", ", node.Outputs.Select(o => o.Type))} = {node.Operation}({string.Join(", ", node.Inputs)})");
            foreach (Body body in node.Operation is IHasBodies { Bodies: var bodies } ? bodies : [])
                Print(body.Nodes, indent + "    ");
        }
    }

    private static DType TypeOf(int number) => number % 2 == 0 ? DType.Float32 : DType.Float64;

    private static RandomGraph Graph(int seed, int number) => new(unchecked((seed * 1_000_003) + number), TypeOf(number));

    private static GraphCheck Check(int seed, int number)
    {
        var check = new GraphCheck();
        try
        {
            RandomGraph graph = Graph(seed, number);
            Function compiled = Function.Compile(graph.Signature, new ExecutionOptions { Threads = 2 });
            using var served = new ServedGraph(graph.Signature, TypeOf(number));
            bool fits = false;
            foreach (int size in number % 5 == 0 ? [3, 1, 4] : new[] { 2 + (number % 3) })
                fits |= CheckAt(check, graph, compiled, served, size, number);
            check.Count(fits ? served.Gap ?? "compared with ONNX Runtime" : "with sizes that do not fit");
        }
        catch (Exception e)
        {
            check.Failures.Add($"{e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")} {string.Join(' ', e.StackTrace?.Split('\n').Take(4).Select(line => line.Trim()) ?? [])}");
        }

        return check;
    }

    /// <summary>Checks a graph with a size for every symbol; false where it does not fit.</summary>
    private static bool CheckAt(GraphCheck check, RandomGraph graph, Function compiled, ServedGraph served, int size, int number)
    {
        Value[] inputs = graph.Values(size);
        if (Fitting(() => Interpreter.Run(graph.Signature, inputs)) is not { } expected)
        {
            // The compiled function leaves out what nobody reads, whether or not it fits.
            Fitting(() => compiled.Run(inputs));
            return false;
        }

        check.Compare("compiled", graph.Signature, expected, compiled.Run(inputs), new Rounding(graph.Signature, inputs));
        if (served.Run(inputs) is { } found && !served.HasOtherWindows(expected, found))
        {
            Signature form = new RuntimeForm().Apply(graph.Signature);
            check.Compare("ONNX Runtime", form, Interpreter.Run(form, inputs), found, new Rounding(form, inputs));
        }

        if (TypeOf(number) == DType.Float64 && graph.IsSmooth)
            Differentiate(check, graph.Signature, inputs, expected, number);
        return true;
    }

    /// <summary>The results; null where sizes do not fit that nobody knew while the graph was built.</summary>
    private static IReadOnlyList<Value>? Fitting(Func<IReadOnlyList<Value>> run)
    {
        try
        {
            return run();
        }
        catch (ShapeException)
        {
            return null;
        }
    }

    private static void Differentiate(GraphCheck check, Signature signature, Value[] inputs, IReadOnlyList<Value> outputs, int number)
    {
        Variable[] smooth = [.. signature.Outputs.Select(o => o.Variable).Where((v, i) => v.DType == DType.Float64 && GraphCheck.Numbers(outputs[i]).All(double.IsFinite))];
        Variable[] wrt = [.. signature.Inputs.Where(input => input.DType == DType.Float64)];
        if (smooth.Length == 0 || wrt.Length == 0)
            return;
        try
        {
            var differences = new GradientCheck { Order = number % 10 == 1 ? 2 : 1, Directions = 2, Seed = number, Tolerance = 1e-5 };
            foreach ((int i, GradientComparison comparison) in differences.Compare(signature.Inputs, smooth, inputs).Index())
            {
                // Where a kink lies within the steps, shorter ones go past it; a wrong derivative stays wrong.
                bool atKink = comparison.Difference is null || (!comparison.Agrees && (differences with { Step = differences.Step / 10 }).Compare(signature.Inputs, smooth, inputs)[i].Agrees);
                check.Count(atKink ? "derivatives at kinks" : "derivatives compared");
                if (!atKink && !comparison.Agrees)
                    check.Failures.Add($"{comparison}");
            }

            // Forward: J·t, of which u is the gradient that comes in; reverse: uᵀJ, times t.
            Variable scalar = smooth.Select(v => Ops.Sum(Ops.Sin(v * 0.5))).Aggregate((a, b) => a + b);
            Variable[] tangents = [.. wrt.Select(x => Ops.Cos(3 * x))];
            IReadOnlyList<Variable?> pulled = Gradient.OrNull(scalar, wrt);
            Variable reverse = pulled.Select((g, i) => g is null ? Variable.Scalar(0, DType.Float64) : Ops.Sum(g * tangents[i])).Aggregate((a, b) => a + b);
            Variable forward = Gradient.PushForward([scalar], wrt, tangents)[0] ?? Variable.Scalar(0, DType.Float64);
            var both = new Signature(signature.Inputs, [new Output("reverse", reverse), new Output("forward", forward)]);
            Value[] found = Function.Compile(both, OneThread).Run(inputs);
            check.Compare("derivative, forward for reverse", both, [found[0], found[0]], [found[0], found[1]], new Rounding(both, inputs));
        }
        catch (GradientException e) when (e.Message.Contains(" because ", StringComparison.Ordinal))
        {
            check.Count("without derivatives, with a reason");
        }
    }
}
