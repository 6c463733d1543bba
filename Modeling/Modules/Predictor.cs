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
    /// <exception cref="ShapeException">The first axis of an output is not that of the examples, or another one is.</exception>
    public Value Predict(IDataSource data, int batchSize = 256) => Run(data, batchSize)[Only()];

    /// <summary>All outputs for every example of a source, in its order.</summary>
    /// <param name="data">The examples; what the model does not read is not looked at.</param>
    /// <param name="batchSize">How many are computed at once; 256 by default.</param>
    /// <returns>New values of shape [examples, …], by the names of the outputs; an output that is a sequence, [examples, longest, …], has zeros behind its end.</returns>
    /// <exception cref="ShapeException">The first axis of an output is not that of the examples, or another one is.</exception>
    public IReadOnlyDictionary<string, Value> PredictAll(IDataSource data, int batchSize = 256) =>
        Signature.Outputs.Zip(Run(data, batchSize)).ToDictionary(pair => pair.First.Name, pair => pair.Second, StringComparer.Ordinal);

    private int Only() => Signature.Outputs.Count == 1 ? 0 : throw new GraphException(
        $"Expected a model of one output, found {string.Join(", ", Signature.Outputs.Select(output => $"\"{output.Name}\""))}: use {nameof(PredictAll)}.");

    private Value[] Run(IDataSource data, int batchSize)
    {
        foreach (Output output in Signature.Outputs)
            RequireExamplesFirst(output);
        var parts = new List<Value[]>();
        var outputs = new Value[Signature.Outputs.Count];
        var inputs = new Value[Signature.Inputs.Count];
        foreach (Batch batch in data.Batches(new BatchOptions { Size = batchSize }))
        {
            ExampleSymbols.Bind(batch, Signature.Inputs, inputs);
            function.RunInto(inputs, outputs);
            parts.Add([.. outputs.Select((output, i) => WithoutPadding(Of(batch.Count, Signature.Outputs[i], output).Clone(), Signature.Outputs[i].Variable.Shape, batch))]);
        }

        if (parts.Count == 0)
            throw new DataException("There are no examples to predict for.");
        return [.. outputs.Select((_, i) => Joined([.. parts.Select(part => part[i])]))];
    }

    /// <summary>Batches are put below each other along the first axis, so it must be that of the examples: by its name, as sizes may be equal by chance. A model for one example at a
    /// time has 1 there.</summary>
    private static void RequireExamplesFirst(Output output)
    {
        Shape shape = output.Variable.Shape;
        if (shape.Rank == 0 || (shape[0].IsStatic && shape[0] != 1) || shape.Skip(1).Any(dim => dim.Symbols.Any(symbol => symbol.Name == Field.BatchAxis)))
            throw NotOfExamples(output, $"{shape}");
    }

    private static Value Of(int examples, Output output, Value value) =>
        value.Sizes[0] == examples ? value : throw NotOfExamples(output, $"{value} for {examples} examples");

    private static ShapeException NotOfExamples(Output output, string found) => new(
        $"Expected the first axis of \"{output.Name}\", and no other, to be that of the examples, found {found}; compile the model's {nameof(Model.Inference)} for outputs that are not of examples.");

    /// <summary>The value with zeros behind the end of each sequence, along each axis of sequences.</summary>
    private static Value WithoutPadding(Value value, Shape shape, Batch batch)
    {
        for (int axis = 1; axis < shape.Rank && value.Count > 0; axis++)
        {
            if (shape[axis].Symbol?.Name is { } name && batch.Layout.Axes.Contains(name))
                ClearBehind(value, axis, batch.LengthsOf(name).Span<long>());
        }

        return value;
    }

    private static void ClearBehind(Value value, int axis, ReadOnlySpan<long> lengths)
    {
        Span<byte> all = value.Bytes;
        int sequences = 1;
        foreach (int size in value.Sizes[1..axis])
            sequences *= size;
        int whole = all.Length / lengths.Length / sequences, step = whole / value.Sizes[axis];
        for (int i = 0; i < lengths.Length; i++)
        {
            for (int j = 0; j < sequences; j++)
                all.Slice(((i * sequences) + j) * whole, whole)[((int)lengths[i] * step)..].Clear();
        }
    }

    /// <summary>The values below each other, in the greatest of their sizes.</summary>
    private static Value Joined(Value[] parts)
    {
        int[] sizes = [parts.Sum(part => part.Sizes[0]), .. Enumerable.Range(1, parts[0].Rank - 1).Select(axis => parts.Max(part => part.Sizes[axis]))];
        Value all = Value.Zeros(parts[0].DType, sizes);
        int done = 0;
        foreach (Value part in parts)
        {
            Place(part.Bytes, part.Sizes, all.Bytes, sizes, done);
            done += part.Sizes[0];
        }

        return all;
    }

    /// <summary>Copies what has some sizes into what has others, no less, from a place of the first axis on.</summary>
    private static void Place(ReadOnlySpan<byte> part, ReadOnlySpan<int> own, Span<byte> all, ReadOnlySpan<int> sizes, int at)
    {
        if (part.IsEmpty)
            return;
        int step = all.Length / sizes[0], row = part.Length / own[0];
        if (step == row)
        {
            part.CopyTo(all[(at * step)..]);
            return;
        }

        for (int i = 0; i < own[0]; i++)
            Place(part.Slice(i * row, row), own[1..], all.Slice((at + i) * step, step), sizes[1..], 0);
    }
}
