using System.Globalization;
using Toolkit.Autograd.Compilation;
using Toolkit.Autograd.Execution;

namespace Toolkit.Bench.Steps;

/// <summary>What the compiler's rewritings are worth: the cases with all of them, and with one of those switched off that have something to do in them, in turns.</summary>
internal static class Ablation
{
    private static readonly string[] Names =
    [
        "train-mlp-small", "train-mlp-mnist", "train-cnn-mnist", "train-lstm-rows", "train-transformer", "train-resnet-small", "train-tabular-embedding", "hvp-mlp-mnist",
        "infer-mlp-mnist-1", "infer-mlp-mnist-256", "infer-cnn-mnist-1", "infer-cnn-mnist-64",
    ];

    private static (string Name, CompilationOptions Options)[] Switches { get; } =
    [
        (nameof(CompilationOptions.MergeEqualNodes), new() { MergeEqualNodes = false }),
        (nameof(CompilationOptions.FoldConstants), new() { FoldConstants = false }),
        (nameof(CompilationOptions.RemoveIdentities), new() { RemoveIdentities = false }),
        (nameof(CompilationOptions.ReadTransposed), new() { ReadTransposed = false }),
        (nameof(CompilationOptions.FuseElementwise), new() { FuseElementwise = false }),
        (nameof(CompilationOptions.GenerateLoops), new() { GenerateLoops = false }),
        (nameof(CompilationOptions.FuseEpilogues), new() { FuseEpilogues = false }),
        (nameof(CompilationOptions.PackConstants), new() { PackConstants = false }),
        (nameof(CompilationOptions.Winograd), new() { Winograd = false }),
        (nameof(CompilationOptions.UpdateInPlace), new() { UpdateInPlace = false }),
        (nameof(CompilationOptions.ReuseMemory), new() { ReuseMemory = false }),
        ("all", CompilationOptions.None),
    ];

    /// <summary>Prints a table: the rate of a case, and what of it is left without a rewriting.</summary>
    /// <param name="threads">Threads of each case.</param>
    /// <param name="seconds">Time for each case and switch.</param>
    /// <param name="only">The cases, or all.</param>
    public static void Run(int threads, double seconds, HashSet<string>? only)
    {
        Console.WriteLine("| case | steps/s | " + string.Join(" | ", Switches.Select(each => each.Name)) + " |");
        Console.WriteLine("|---|" + string.Concat(Enumerable.Repeat("---:|", Switches.Length + 1)));
        foreach (string name in Names)
        {
            if (only is not null && !only.Contains(name))
                continue;
            Action[] sides = [.. Switches.Select(each => each.Options).Prepend(new()).Select(compilation => Find(name, new() { Threads = threads, Compilation = compilation }))];
            double[] times = Turns.Medians(threads, seconds * sides.Length, sides);
            IEnumerable<string> shares = times.Skip(1).Select(time => (times[0] / time).ToString("F2", CultureInfo.InvariantCulture));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {1 / times[0]:F1} | ") + string.Join(" | ", shares) + " |");
        }
    }

    private static Action Find(string name, ExecutionOptions options) => Cases.All(options).Single(each => each.Name == name).Make().Step;
}
