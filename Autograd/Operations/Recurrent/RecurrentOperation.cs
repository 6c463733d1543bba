using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Recurrent;

/// <summary>
/// What RNN, GRU and LSTM have in common: the axes of inputs and results, directions, lengths, clipping. An operator says what one turn of one direction makes of its states.
/// It is written as a <see cref="Control.Scan"/> for each direction, which says what it means; with the usual attributes it has kernels of its own, forwards and for the gradient.
/// </summary>
/// <remarks>
/// <para>Inputs: x [T, batch, I]; w [D, G·H, I]; r [D, G·H, H]; optionally b [D, 2·G·H], the biases of w before those of r; lengths [batch], int32; the initial states
/// [D, batch, H], zeros where left out. G is the number of gates, D that of directions, H the hidden size.</para>
/// <para>Results: y [T, D, batch, H], the hidden state after each turn, and the last states [D, batch, H]. Where lengths are given, what lies behind the length of an example
/// is not read: y is 0 there and its last state that of its last element; in the reverse direction reading begins with it. A length above T counts as T, one below 0 as 0. With <see cref="RecurrentOptions.BatchFirst"/>
/// the batch is the first axis of x, y and states. Where the kernels compute it, one result more, beyond the standard, holds what the gradient reads of each turn,
/// [D, T, batch, blocks·H].</para>
/// </remarks>
/// <param name="Options">The attributes that all have.</param>
public abstract record RecurrentOperation(RecurrentOptions Options) : Operation, IRunsInBlocks, IHasOwnResults
{
    /// <summary>The examples whose numbers of half types are widened together: enough for the products of a step.</summary>
    internal const int BlockRows = 16;

    /// <inheritdoc/>
    public int StandardResults => 1 + States;

    /// <summary>The number of gates, G.</summary>
    internal abstract int Gates { get; }

    /// <summary>The number of states that pass from turn to turn: the hidden state first.</summary>
    internal virtual int States => 1;

    /// <summary>The activations of a direction where none are given.</summary>
    private protected abstract string[] Defaults { get; }

    /// <summary>Whether the attributes are those that the kernels know.</summary>
    private protected abstract bool IsUsual { get; }

    /// <summary>The blocks of H numbers that the gradient reads of a turn, besides the results, where the kernels compute it.</summary>
    private protected virtual int Blocks => 0;

    /// <summary>The blocks that are kept; 0 where the kernels do not know the attributes.</summary>
    internal int Kept => IsUsual ? Blocks : 0;

    /// <inheritdoc/>
    public sealed override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require(inputs);
        TensorType x = inputs[0];
        (Dim time, Dim batch, Dim d, Dim h) = (x.Shape[Options.BatchFirst ? 1 : 0], x.Shape[Options.BatchFirst ? 0 : 1], Options.Directions, Options.HiddenSize);
        TensorType y = x with { Shape = Options.BatchFirst ? [batch, time, d, h] : [time, d, batch, h] };
        TensorType state = x with { Shape = Options.BatchFirst ? [batch, d, h] : [d, batch, h] };
        TensorType kept = x with { Shape = [d, Options.BatchFirst ? batch : time, Options.BatchFirst ? time : batch, Kept * h] };
        return [y, .. Enumerable.Repeat(state, States), .. Kept > 0 ? new[] { kept } : []];
    }

    /// <inheritdoc/>
    public bool Computes(Arguments inputs) => IsUsual && !inputs.Has(5 + States);

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => RecurrentKernels.Forward(this, request);

    /// <summary>By examples, which know nothing of each other.</summary>
    Blocks? IRunsInBlocks.BlocksOf(InferRequest inputs, Shape result) =>
        new(AxesOfExamples, Least: BlockRows, Results: [ResultAxis, .. Enumerable.Repeat(StateAxis, States), .. Kept > 0 ? new[] { KeptAxis } : []]);

    /// <summary>The axis of the examples in x and in states.</summary>
    internal int StateAxis => Options.BatchFirst ? 0 : 1;

    /// <summary>The axis of the examples in the result.</summary>
    internal int ResultAxis => Options.BatchFirst ? 0 : 2;

    /// <summary>The axis of the examples in what is kept.</summary>
    internal int KeptAxis => Options.BatchFirst ? 1 : 2;

    /// <summary>The axis of the examples in each input; −1 where there is none.</summary>
    internal IntList AxesOfExamples => [StateAxis, -1, -1, -1, 0, .. Enumerable.Repeat(StateAxis, States)];

    /// <inheritdoc/>
    public sealed override IReadOnlyList<Variable?> Bprop(BpropRequest request) =>
        Computes(request.Arguments) && (Kept == 0 || request.Gradient(StandardResults) is null) ? RecurrentGradient.Of(this, request) : request.Through(Expand(request.Arguments));

    /// <inheritdoc/>
    public IReadOnlyList<Variable> WithStandardResults(Arguments inputs, IReadOnlyList<bool> isRead) => Expand(inputs);

    /// <inheritdoc/>
    public sealed override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        if (!Options.BatchFirst)
            return Written(inputs, Kept > 0);
        IReadOnlyList<Variable> results = (this with { Options = Options with { BatchFirst = false } }).ApplyAll(TimeFirst(inputs));
        return AsGiven(results);
    }

    /// <summary>The results as Scans.</summary>
    /// <param name="inputs">The inputs.</param>
    /// <param name="keeps">Whether what is kept is among them.</param>
    internal IReadOnlyList<Variable> Written(Arguments inputs, bool keeps)
    {
        if (Options.BatchFirst)
            return AsGiven((this with { Options = Options with { BatchFirst = false } }).Written(new Arguments(TimeFirst(inputs)), keeps));
        List<Variable> y = [], kept = [];
        List<Variable>[] last = [.. Enumerable.Range(0, States).Select(_ => new List<Variable>())];
        for (int direction = 0; direction < Options.Directions; direction++)
        {
            (IReadOnlyList<Variable> states, IReadOnlyList<Variable> all) = new RecurrentScan(this, inputs, direction, keeps).Apply();
            y.Add(Inserted(all[0], 1));
            kept.AddRange(all.Skip(1).Select(block => Inserted(block, 0)));
            for (int i = 0; i < States; i++)
                last[i].Add(Inserted(states[i], 0));
        }

        return [Joined(1, y), .. last.Select(state => Joined(0, state)), .. keeps ? new[] { Joined(0, kept) } : []];
    }

    /// <summary>The operator with the time as the first axis; there is no runtime for the other order.</summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public sealed override OnnxForm? ToOnnx(OnnxRequest request) =>
        Options.BatchFirst ? null : new OnnxForm(Name)
        {
            Attributes = [.. RecurrentNode.Write(Options).Concat(OwnAttributes).OrderBy(a => a.Name, StringComparer.Ordinal)],
            RuntimeTypes = [DType.Float32],
            Results = StandardResults,
        };

    /// <summary>The attributes that this operator alone has.</summary>
    private protected virtual IEnumerable<OnnxAttribute> OwnAttributes => [];

    /// <summary>One turn of one direction.</summary>
    /// <param name="turn">What it has to work with.</param>
    /// <returns>The next states, then the blocks that are kept, if the kernels know the attributes.</returns>
    internal abstract IReadOnlyList<Variable> Turn(RecurrentTurn turn);

    private static Variable Inserted(Variable x, int axis) => x.Reshape([.. x.Shape.Take(axis), 1, .. x.Shape.Skip(axis)]);

    private static Variable Joined(int axis, List<Variable> parts) => parts.Count == 1 ? parts[0] : Ops.Concat(axis, [.. parts]);

    /// <summary>Inputs that have the batch first, with the time first.</summary>
    private Variable?[] TimeFirst(Arguments inputs)
    {
        var moved = new Variable?[inputs.Length];
        for (int i = 0; i < moved.Length; i++)
            moved[i] = inputs.Optional(i) is { } input && (i == 0 || (i >= 5 && i < 5 + States)) ? Ops.Transpose(input, [1, 0, 2]) : inputs.Optional(i);
        return moved;
    }

    /// <summary>Results that have the time first, with the batch first.</summary>
    private IReadOnlyList<Variable> AsGiven(IReadOnlyList<Variable> results) =>
    [
        Ops.Transpose(results[0], [2, 0, 1, 3]),
        .. results.Skip(1).Take(States).Select(state => Ops.Transpose(state, [1, 0, 2])),
        .. results.Skip(StandardResults).Select(kept => Ops.Transpose(kept, [0, 2, 1, 3])),
    ];

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
        for (int direction = 0; direction < d; direction++)
            Options.ActivationsOf(Name, direction, Defaults);
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
