using System.Globalization;
using System.IO.Hashing;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Distributed;

namespace Toolkit.Modeling.Training;

/// <summary>Refuses processes that would train something else than the others.</summary>
internal static class TrainingAgreement
{
    /// <summary>A number of pieces.</summary>
    public static int PowerOfTwo(int shards) => BitOperations.IsPow2(shards) ? shards
        : throw new ArgumentOutOfRangeException(nameof(shards), shards, $"Expected a power of two for {nameof(Trainer.Shards)}, found {shards}.");

    /// <summary>Refuses a group among which the pieces of a batch cannot be shared out evenly.</summary>
    public static void RequireSizes(IProcessGroup group, int shards)
    {
        if (!BitOperations.IsPow2(group.Size) || group.Size > shards)
        {
            throw new ArgumentException(
                $"Expected a number of processes that is a power of two and at most {nameof(Trainer.Shards)} ({shards}), found {group.Size}.", nameof(group));
        }
    }

    /// <summary>Refuses processes that differ.</summary>
    /// <exception cref="ProcessGroupException">There is one; the message says in what.</exception>
    public static void Require(Trainer trainer, IProcessGroup group, ShardedGraph graph, IDataSource data, FitOptions options) => Agreement.Require(
        group,
        ("the number of pieces of a batch (Shards)", (ulong)trainer.Shards),
        ("vector instructions of the processor", (Vector256.IsHardwareAccelerated ? 1UL : 0UL) + (Vector512.IsHardwareAccelerated ? 2UL : 0UL)),
        // They change roundings, and what is rounded otherwise drifts apart.
        ("the switches of the compiler", Of($"{trainer.Execution.Compilation}")),
        ("the computation of a step (model, loss, regularizers, metrics, optimizer, constraints)", Of(graph.Shard) ^ Of(graph.Update)),
        ("options of Fit", Of(Text(options))),
        ("training data", Of(data)),
        ("validation data", options.Validation is { } validation ? Of(validation) : 0UL),
        ("epochs and steps that are done", Of($"{trainer.State.Epochs.Count} {trainer.State.Totals.Steps} {trainer.State.Best.Waited}")),
        ("parameters (seeds, or the checkpoint)", Of(trainer.Parameters)));

    /// <summary>What must be the same of the options: what is measured, written and reported besides need not be.</summary>
    private static string Text(FitOptions options) => string.Create(
        CultureInfo.InvariantCulture,
        $"{options.Epochs} {options.Steps} {options.BatchSize} {options.Shuffle} {options.Seed} {options.DropLast} {options.BucketBy} {options.ValidationBatchSize} {options.EarlyStopping} {options.CheckpointPath is not null}");

    private static ulong Of(string text) => XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(text));

    private static ulong Of(IReadOnlyList<Parameter> parameters)
    {
        var hash = new XxHash3();
        foreach (Parameter parameter in parameters)
        {
            hash.Append(Encoding.UTF8.GetBytes($"{parameter}"));
            hash.Append(parameter.Value);
        }

        return hash.GetCurrentHashAsUInt64();
    }

    /// <summary>The examples where they are in memory; otherwise their shape and number.</summary>
    private static ulong Of(IDataSource data)
    {
        var hash = new XxHash3();
        hash.Append(Encoding.UTF8.GetBytes($"{data.Layout} {data.ExampleCount}"));
        foreach (Column column in data.Columns ?? [])
        {
            for (int row = 0; row < column.Count; row++)
                hash.Append(column.Row(row));
        }

        return hash.GetCurrentHashAsUInt64();
    }

    /// <summary>The operations, what they read, and the constants, among which are the settings of all components.</summary>
    private static ulong Of(Signature signature)
    {
        var hash = new XxHash3();
        var places = new Dictionary<Variable, int>(ReferenceEqualityComparer.Instance);
        foreach (Node node in signature.Nodes)
        {
            hash.Append(Encoding.UTF8.GetBytes($"{node.Operation}"));
            for (int i = 0; i < node.Inputs.Length; i++)
            {
                if (node.Inputs.Optional(i) is { } input)
                    Add(input);
            }

            foreach (Variable output in node.Outputs)
                places.Add(output, places.Count);
        }

        foreach (Output output in signature.Outputs)
            Add(output.Variable);
        foreach (Update update in signature.Updates)
            Add(update.NewValue);
        return hash.GetCurrentHashAsUInt64();

        void Add(Variable variable)
        {
            hash.Append(Encoding.UTF8.GetBytes(places.TryGetValue(variable, out int place) ? $"{place} " : $"{variable.Name ?? variable.Parameter?.Name}:{variable.Type} "));
            if (variable.Constant is { } constant)
                hash.Append(constant);
        }
    }

    private static void Append(this XxHash3 hash, Value value)
    {
        for (long done = 0; done < value.ByteCount; done += int.MaxValue)
            hash.Append(value.BytesFrom(done));
    }
}
