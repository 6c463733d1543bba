using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Recurrent;

/// <summary>
/// What RNN, GRU and LSTM have in common: the axes of inputs and results, directions, lengths, clipping. An operator says what one turn of one direction makes of its states.
/// It is written as a <see cref="Control.Scan"/> for each direction, which gives its shape, its numbers and its gradient.
/// </summary>
/// <remarks>
/// <para>Inputs: x [T, batch, I]; w [D, G·H, I]; r [D, G·H, H]; optionally b [D, 2·G·H], the biases of w before those of r; lengths [batch], int32; the initial states
/// [D, batch, H], zeros where left out. G is the number of gates, D that of directions, H the hidden size.</para>
/// <para>Results: y [T, D, batch, H], the hidden state after each turn, and the last states [D, batch, H]. Where lengths are given, what lies behind the length of an example
/// is not read: y is 0 there and its last state that of its last element; in the reverse direction reading begins with it. A length above T counts as T, one below 0 as 0. With <see cref="RecurrentOptions.BatchFirst"/>
/// the batch is the first axis of x, y and states.</para>
/// </remarks>
/// <param name="Options">The attributes that all have.</param>
public abstract record RecurrentOperation(RecurrentOptions Options) : Operation
{
    /// <summary>The number of gates, G.</summary>
    private protected abstract int Gates { get; }

    /// <summary>The number of states that pass from turn to turn: the hidden state first.</summary>
    private protected virtual int States => 1;

    /// <inheritdoc/>
    public sealed override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require(inputs);
        Variable?[] placeholders = [.. Enumerable.Range(0, inputs.Length).Select(inputs.Placeholder)];
        return [.. Expand(new Arguments(placeholders)).Select(result => result.Type)];
    }

    /// <inheritdoc/>
    public sealed override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        if (Options.BatchFirst)
            return BatchFirst(inputs);
        var y = new List<Variable>();
        List<Variable>[] last = [.. Enumerable.Range(0, States).Select(_ => new List<Variable>())];
        for (int direction = 0; direction < Options.Directions; direction++)
        {
            (Variable all, IReadOnlyList<Variable> states) = new RecurrentScan(this, inputs, direction, Gates, States).Apply();
            y.Add(Inserted(all, 1));
            for (int i = 0; i < States; i++)
                last[i].Add(Inserted(states[i], 0));
        }

        return [Joined(1, y), .. last.Select(state => Joined(0, state))];
    }

    /// <summary>The operator with the time as the first axis; there is no runtime for the other order.</summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public sealed override OnnxForm? ToOnnx(OnnxRequest request) =>
        Options.BatchFirst ? null : new OnnxForm(Name)
        {
            Attributes = [.. RecurrentNode.Write(Options).Concat(OwnAttributes).OrderBy(a => a.Name, StringComparer.Ordinal)],
            RuntimeTypes = [DType.Float32],
        };

    /// <summary>The attributes that this operator alone has.</summary>
    private protected virtual IEnumerable<OnnxAttribute> OwnAttributes => [];

    /// <summary>One turn of one direction.</summary>
    /// <param name="turn">What it has to work with.</param>
    /// <returns>The next states.</returns>
    internal abstract IReadOnlyList<Variable> Turn(RecurrentTurn turn);

    private static Variable Inserted(Variable x, int axis) => x.Reshape([.. x.Shape.Take(axis), 1, .. x.Shape.Skip(axis)]);

    private static Variable Joined(int axis, List<Variable> parts) => parts.Count == 1 ? parts[0] : Ops.Concat(axis, [.. parts]);

    private IReadOnlyList<Variable> BatchFirst(Arguments inputs)
    {
        var moved = new Variable?[inputs.Length];
        for (int i = 0; i < moved.Length; i++)
            moved[i] = inputs.Optional(i) is { } input && (i == 0 || (i >= 5 && i < 5 + States)) ? Ops.Transpose(input, [1, 0, 2]) : inputs.Optional(i);
        IReadOnlyList<Variable> results = (this with { Options = Options with { BatchFirst = false } }).ApplyAll(moved);
        return [Ops.Transpose(results[0], [2, 0, 1, 3]), .. results.Skip(1).Select(state => Ops.Transpose(state, [1, 0, 2]))];
    }

    /// <summary>Names what is expected of each input.</summary>
    private void Require(InferRequest inputs)
    {
        TensorType x = inputs[0];
        Operations.Require.Floating(this, x.DType);
        Operations.Require.Rank(this, x, 3);
        (Dim batch, Dim width, int h, int d) = (x.Shape[Options.BatchFirst ? 0 : 1], x.Shape[2], Options.HiddenSize, Options.Directions);
        Check(1, "weights", [d, Gates * h, width]);
        Check(2, "recurrent weights", [d, Gates * h, h]);
        Check(3, "biases", [d, 2 * Gates * h]);
        if (inputs.Has(4) && (inputs[4].DType != DType.Int32 || inputs[4].Shape.Rank != 1))
            throw new DTypeException($"{Name} expects lengths of type Int32 and shape [{batch}], found {inputs[4]}.");
        for (int i = 0; i < States; i++)
            Check(5 + i, "initial states", Options.BatchFirst ? [batch, d, h] : [d, batch, h]);
        if (inputs.Length > 5 + States)
            Check(5 + States, "peepholes", [d, 3 * h]);
        if (h < 1 || (Options.Clip is { } clip && !(clip > 0)))
            throw new GraphException($"{Name} expects a hidden size and a clip above 0, found {Options}.");

        void Check(int position, string what, Shape shape)
        {
            if (position >= 3 && !inputs.Has(position))
                return;
            TensorType found = inputs[position];
            Operations.Require.SameType(this, x.DType, found.DType);
            if (found.Shape.Rank != shape.Rank || found.Shape.Zip(shape).Any(pair => pair.First != pair.Second && pair.First.IsStatic && pair.Second.IsStatic))
                throw new ShapeException($"{Name} expects {what} of shape {shape} as input {position}, found {found.Shape}.");
        }
    }
}
