using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// A model compiled for prediction, natively: numbers in, numbers out. It reads the model's parameters as they are at each call, so it need
/// not be made anew after more training.
/// </summary>
public sealed class Predictor
{
    private readonly Function function;

    /// <summary>Compiles a module.</summary>
    /// <param name="model">The module.</param>
    /// <param name="inputShape">The shape of one example, without the batch axis; null for <see cref="Module.InputShape"/>.</param>
    /// <param name="execution">Threads and compiler switches; null for the defaults.</param>
    /// <exception cref="InvalidOperationException">The shape is neither given nor known to the model.</exception>
    /// <exception cref="ShapeException">The shape does not fit the model.</exception>
    public Predictor(Module model, Shape? inputShape = null, ExecutionOptions? execution = null)
    {
        function = Function.Compile(inputShape is null ? model.Inference : model.InferenceFor(inputShape), execution);
    }

    /// <summary>Compiles a model for examples of a layout.</summary>
    /// <param name="model">The model.</param>
    /// <param name="layout">What an example looks like; what the model does not read is not looked at.</param>
    /// <param name="execution">Threads and compiler switches; null for the defaults.</param>
    /// <exception cref="ShapeException">The examples do not fit the model.</exception>
    public Predictor(Model model, DataLayout layout, ExecutionOptions? execution = null)
    {
        function = Function.Compile(model.InferenceFor(model.FieldsOf(layout)), execution);
    }

    /// <summary>The computation: an input for each field that the model reads, and its outputs; for a <see cref="Module"/>, "input" and "output".</summary>
    public Signature Signature => function.Signature;

    /// <summary>The outputs for some examples side by side.</summary>
    /// <param name="batch">What the model reads, for a <see cref="Module"/> float32 of shape [examples, …].</param>
    /// <returns>A new value of shape [examples, …].</returns>
    /// <exception cref="ShapeException">The batch does not fit the model, or it reads several fields.</exception>
    /// <exception cref="GraphException">The model has several outputs.</exception>
    public Value Predict(Value batch) => function.Run(batch)[Only()];

    /// <summary>The one output for every example of a source, in its order.</summary>
    /// <param name="data">The examples; what the model does not read is not looked at.</param>
    /// <param name="batchSize">How many are computed at once; 256 by default.</param>
    /// <returns>A new value of shape [examples, …].</returns>
    /// <exception cref="GraphException">The model has several outputs.</exception>
    public Value Predict(IDataSource data, int batchSize = 256) => Run(data, batchSize)[Only()];

    /// <summary>All outputs for every example of a source, in its order.</summary>
    /// <param name="data">The examples; what the model does not read is not looked at.</param>
    /// <param name="batchSize">How many are computed at once; 256 by default.</param>
    /// <returns>New values of shape [examples, …], by the names of the outputs; an output that is a sequence, [examples, longest, …], has zeros behind its end.</returns>
    public IReadOnlyDictionary<string, Value> PredictAll(IDataSource data, int batchSize = 256) =>
        Signature.Outputs.Zip(Run(data, batchSize)).ToDictionary(pair => pair.First.Name, pair => pair.Second, StringComparer.Ordinal);

    private int Only() => Signature.Outputs.Count == 1 ? 0 : throw new GraphException(
        $"Expected a model of one output, found {string.Join(", ", Signature.Outputs.Select(output => $"\"{output.Name}\""))}: use {nameof(PredictAll)}.");

    private Value[] Run(IDataSource data, int batchSize)
    {
        var parts = new List<Value[]>();
        var outputs = new Value[Signature.Outputs.Count];
        var inputs = new Value[Signature.Inputs.Count];
        foreach (Batch batch in data.Batches(new BatchOptions { Size = batchSize }))
        {
            ExampleSymbols.Bind(batch, Signature.Inputs, inputs);
            function.RunInto(inputs, outputs);
            parts.Add([.. outputs.Select((output, i) => WithoutPadding(output.Clone(), Signature.Outputs[i].Variable.Shape, batch))]);
        }

        if (parts.Count == 0)
            throw new DataException("There are no examples to predict for.");
        return [.. outputs.Select((_, i) => Joined([.. parts.Select(part => part[i])]))];
    }

    /// <summary>The value with zeros behind the end of each sequence.</summary>
    private static Value WithoutPadding(Value value, Shape shape, Batch batch)
    {
        if (shape.Rank < 2 || shape[1].Symbol?.Name is not { } axis || !batch.Layout.Axes.Contains(axis) || value.Count == 0)
            return value;
        ReadOnlySpan<long> lengths = batch.LengthsOf(axis).Span<long>();
        int rows = value.Sizes[0], row = value.Bytes.Length / rows, step = row / value.Sizes[1];
        for (int i = 0; i < rows; i++)
            value.Bytes.Slice((i * row) + ((int)lengths[i] * step), row - ((int)lengths[i] * step)).Clear();
        return value;
    }

    /// <summary>The values below each other; sequences of different lengths in the length of the longest.</summary>
    private static Value Joined(Value[] parts)
    {
        int[] sizes = [parts.Sum(part => part.Sizes[0]), .. parts[0].Sizes[1..]];
        if (sizes.Length > 1)
            sizes[1] = parts.Max(part => part.Sizes[1]);
        Value all = Value.Zeros(parts[0].DType, sizes);
        int row = all.Bytes.Length / Math.Max(sizes[0], 1), done = 0;
        foreach (Value part in parts)
        {
            int own = part.Bytes.Length / part.Sizes[0];
            for (int i = 0; i < part.Sizes[0]; i++, done++)
                part.Bytes.Slice(i * own, own).CopyTo(all.Bytes[(done * row)..]);
        }

        return all;
    }
}
