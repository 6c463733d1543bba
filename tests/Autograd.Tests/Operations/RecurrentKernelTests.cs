using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Recurrent;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>The kernels of recurrent operators and of their gradients against the Scans that say what they mean.</summary>
public sealed class RecurrentKernelTests
{
    private const int Time = 4, Batch = 5, Width = 3;

    private static readonly int[] Lengths = [3, 4, 0, 1, 2];

    private static readonly string[] Kinds = ["LSTM", "GRU", "GRU, reset first", "RNN", "Relu"];

    public static TheoryData<string, RecurrentDirection, bool, bool, int> Cases
    {
        get
        {
            var data = new TheoryData<string, RecurrentDirection, bool, bool, int>();
            foreach (string kind in Kinds)
            {
                data.Add(kind, RecurrentDirection.Forward, false, false, 3);
                data.Add(kind, RecurrentDirection.Forward, true, true, 17);
                data.Add(kind, RecurrentDirection.Reverse, true, false, 16);
                data.Add(kind, RecurrentDirection.Bidirectional, false, true, 19);
                data.Add(kind, RecurrentDirection.Bidirectional, true, false, 8);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Results_and_gradients_are_those_of_the_scans(string kind, RecurrentDirection direction, bool isRagged, bool batchFirst, int hidden)
    {
        RecurrentOperation operation = Make(kind, direction, batchFirst, hidden);
        foreach (DType type in new[] { DType.Float64, DType.Float32 })
        {
            foreach (bool isFull in new[] { true, false })
            {
                (Variable?[] inputs, Value[] values) = Inputs(operation, type, isRagged, isFull);
                Variable[] given = [.. inputs.OfType<Variable>()];
                Variable[] wrt = [.. given.Where(v => v.DType.IsFloating())];
                foreach (int[] read in new int[][] { [0], [1], [.. Enumerable.Range(0, operation.StandardResults)] })
                {
                    IReadOnlyList<Variable> fast = operation.ApplyAll(inputs), slow = operation.Written(new Arguments(inputs), keeps: false);
                    Value[] found = Compute(fast), expected = Compute(slow);
                    for (int i = 0; i < found.Length; i++)
                        Randoms.AssertClose(expected[i], found[i], type == DType.Float64 ? 1e-12 : 1e-5);

                    Value[] Compute(IReadOnlyList<Variable> results) => Compile(given, [.. results.Take(operation.StandardResults), .. Gradient.Of(Scalar(results, read), wrt)], 1).Run(values);
                }
            }
        }
    }

    public static TheoryData<string, bool> KindsInBothOrders => [.. Kinds.SelectMany(kind => new TheoryDataRow<string, bool>[] { new(kind, false), new(kind, true) })];

    /// <summary>Numbers of half types are widened for some examples at a time; here there are more.</summary>
    [Theory]
    [MemberData(nameof(KindsInBothOrders))]
    public void Halves_give_what_float32_gives_rounded(string kind, bool batchFirst)
    {
        RecurrentOperation operation = Make(kind, RecurrentDirection.Bidirectional, batchFirst, batchFirst ? 5 : 8);
        foreach ((DType half, double rounding) in new[] { (DType.Float16, Math.Pow(2, -11)), (DType.BFloat16, Math.Pow(2, -8)) })
        {
            (Variable?[] inputs, Value[] values) = Inputs(operation, half, isRagged: !batchFirst, isFull: true, batch: 40);
            Variable[] given = [.. inputs.OfType<Variable>()], wrt = [.. given.Where(v => v.DType.IsFloating())];
            Value[] found = Compute(inputs), expected = Compute([.. inputs.Select(input => input?.DType == half ? input.Cast(DType.Float32) : input)]);
            for (int i = 0; i < found.Length; i++)
            {
                // Results, what is kept, gradients that come in and those that go out are rounded once each.
                double error = Enumerable.Range(0, found[i].Count).Sum(j => Math.Pow(found[i][j] - expected[i][j], 2));
                double size = Enumerable.Range(0, found[i].Count).Sum(j => Math.Pow(expected[i][j], 2));
                Assert.True(error <= Math.Pow(4 * rounding, 2) * size, $"result {i} of {operation} in {half}: found an error of {Math.Sqrt(error / size)}");
            }

            Value[] Compute(Variable?[] from)
            {
                Variable[] results = [.. operation.ApplyAll(from).Take(operation.StandardResults).Select(result => result.Cast(DType.Float32))];
                return Compile(given, [.. results, .. Gradient.Of(Scalar(results, [.. Enumerable.Range(0, results.Length)]), wrt)], 1).Run(values);
            }
        }
    }

    [Theory]
    [InlineData("LSTM")]
    [InlineData("GRU")]
    [InlineData("GRU, reset first")]
    [InlineData("RNN")]
    public void Gradients_of_gradients_are_those_of_the_scans(string kind)
    {
        RecurrentOperation operation = Make(kind, RecurrentDirection.Bidirectional, false, 3);
        (Variable?[] inputs, Value[] values) = Inputs(operation, DType.Float64, isRagged: true, isFull: true);
        Variable[] given = [.. inputs.OfType<Variable>()], wrt = [.. given.Where(v => v.DType.IsFloating())];
        Value[] found = Second(operation.ApplyAll(inputs)), expected = Second(operation.Written(new Arguments(inputs), keeps: false));
        for (int i = 0; i < found.Length; i++)
            Randoms.AssertClose(expected[i], found[i], 1e-11);

        Value[] Second(IReadOnlyList<Variable> results)
        {
            Variable first = Gradient.Of(Scalar(results, [0, 1]), wrt).Select(g => g.Sin().Sum()).Aggregate((a, b) => a + b);
            return Compile(given, Gradient.Of(first, wrt), 1).Run(values);
        }
    }

    [Theory]
    [InlineData("LSTM")]
    [InlineData("GRU")]
    [InlineData("GRU, reset first")]
    [InlineData("RNN")]
    public void Bits_do_not_depend_on_the_number_of_threads(string kind)
    {
        RecurrentOperation operation = Make(kind, RecurrentDirection.Bidirectional, true, 24);
        foreach (DType type in new[] { DType.Float32, DType.BFloat16 })
        {
            (Variable?[] inputs, Value[] values) = Inputs(operation, type, isRagged: true, isFull: true, batch: 21);
            Variable[] given = [.. inputs.OfType<Variable>()], wrt = [.. given.Where(v => v.DType.IsFloating())];
            IReadOnlyList<Variable> results = operation.ApplyAll(inputs);
            Variable[] outputs = [.. results, .. Gradient.Of(Scalar(results, [0, 1]), wrt)];
            Value[] expected = Compile(given, outputs, 1).Run(values);
            foreach (int threads in new[] { 2, 3, 8 })
            {
                Value[] found = Compile(given, outputs, threads).Run(values);
                for (int i = 0; i < found.Length; i++)
                    Assert.True(expected[i].BitEquals(found[i]), $"result {i} in {type} with {threads} threads");
            }
        }
    }

    /// <summary>A training step runs the word and one node for its gradients; no Scan is left.</summary>
    [Theory]
    [InlineData("LSTM")]
    [InlineData("GRU")]
    [InlineData("GRU, reset first")]
    [InlineData("RNN")]
    public void One_node_serves_all_gradients(string kind)
    {
        RecurrentOperation operation = Make(kind, RecurrentDirection.Forward, true, 8);
        (Variable?[] inputs, Value[] values) = Inputs(operation, DType.Float32, isRagged: false, isFull: true);
        Variable[] given = [.. inputs.OfType<Variable>()];
        string[] steps = [.. Compile(given, Gradient.Of(Scalar(operation.ApplyAll(inputs), [0]), given), 1).Profile(values, 1).Steps.Select(step => step.Name)];
        Assert.Single(steps, name => name == operation.Name);
        Assert.Single(steps, name => name == "RecurrentGradient");
        Assert.DoesNotContain("Scan", steps);
    }

    [Theory]
    [InlineData("LSTM")]
    [InlineData("GRU")]
    [InlineData("GRU, reset first")]
    [InlineData("RNN")]
    public void Nothing_is_allocated_for_a_step(string kind)
    {
        long few = Allocated(3), many = Allocated(60);
        Assert.True(many <= few, $"found {few} bytes for 3 steps and {many} for 60");

        long Allocated(int time)
        {
            RecurrentOperation operation = Make(kind, RecurrentDirection.Forward, false, 16);
            (Variable?[] inputs, Value[] values) = Inputs(operation, DType.Float32, isRagged: false, isFull: true, time);
            Variable[] given = [.. inputs.OfType<Variable>()];
            Function function = Compile(given, Gradient.Of(Scalar(operation.ApplyAll(inputs), [0]), given), 1);
            var outputs = new Value[given.Length];
            for (int i = 0; i < 3; i++)
                function.RunInto(values, outputs);

            // A collection may empty pools between two runs; the least of some runs is what a run needs.
            return Enumerable.Range(0, 8).Min(_ =>
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                function.RunInto(values, outputs);
                return GC.GetAllocatedBytesForCurrentThread() - before;
            });
        }
    }

    [Theory]
    [InlineData("GRU", 0, 5)]
    [InlineData("GRU", 4, 0)]
    [InlineData("GRU, reset first", 0, 5)]
    [InlineData("GRU, reset first", 4, 0)]
    public void Empty_sequences_and_batches_have_gradients_of_zero(string kind, int time, int batch)
    {
        RecurrentOperation operation = Make(kind, RecurrentDirection.Bidirectional, false, 4);
        (Variable?[] inputs, Value[] values) = Inputs(operation, DType.Float64, isRagged: false, isFull: true, time, batch);
        Variable[] given = [.. inputs.OfType<Variable>()];
        Value[] found = Compile(given, Gradient.Of(Scalar(operation.ApplyAll(inputs), [0]), [.. given.Skip(1).Take(3)]), 1).Run(values);
        Assert.All(found.SelectMany(value => value.ToArray<double>()), v => Assert.Equal(0.0, v));
    }

    [Fact]
    public void Initial_states_of_another_batch_are_refused()
    {
        Variable x = Variable.Input("x", DType.Float32, ["time", "batch", 3]), h = Variable.Input("h", DType.Float32, [1, 2, 4]);
        Variable w = Variable.Input("w", DType.Float32, [1, 4, 3]), r = Variable.Input("r", DType.Float32, [1, 4, 4]);
        Function function = Compile([x, w, r, h], [new RNN(new RecurrentOptions(4)).Apply(x, w, r, null, null, h)], 1);
        var error = Assert.Throws<ShapeException>(() => function.Run(
            Randoms.Normal(1, 2, 3, 3), Randoms.Normal(2, 1, 4, 3), Randoms.Normal(3, 1, 4, 4), Randoms.Normal(4, 1, 2, 4)));
        Assert.Contains("expects initial states of shape [1, 3, 4], found [1, 2, 4]", error.Message, StringComparison.Ordinal);
    }

    private static Function Compile(IReadOnlyList<Variable> inputs, IReadOnlyList<Variable> outputs, int threads) =>
        Function.Compile(inputs, outputs, null, new ExecutionOptions { Threads = threads });

    /// <summary>One number to which every element of some results contributes in its own way.</summary>
    private static Variable Scalar(IReadOnlyList<Variable> results, int[] read) =>
        read.Select(i => ((results[i] * 1.3) + 0.2).Sin().Sum() + (0.5 * results[i].Square().Sum())).Aggregate((a, b) => a + b);

    private static RecurrentOperation Make(string kind, RecurrentDirection direction, bool batchFirst, int hidden)
    {
        var options = new RecurrentOptions(hidden) { Direction = direction, BatchFirst = batchFirst };
        return kind switch
        {
            "LSTM" => new LSTM(options),
            "GRU" => new GRU(options, LinearBeforeReset: true),
            "GRU, reset first" => new GRU(options),
            "RNN" => new RNN(options),
            _ => new RNN(options with { Activations = [.. Enumerable.Repeat(RecurrentActivation.Of("Relu"), options.Directions)] }),
        };
    }

    /// <summary>All inputs, or those alone that must be there.</summary>
    private static (Variable?[] Inputs, Value[] Values) Inputs(
        RecurrentOperation operation, DType type, bool isRagged, bool isFull, int time = Time, int batch = Batch)
    {
        (int d, int h, int gates) = (operation.Options.Directions, operation.Options.HiddenSize, operation.Gates);
        Dim t = "time", b = "batch";
        bool batchFirst = operation.Options.BatchFirst;
        var inputs = new List<Variable?>();
        var values = new List<Value>();
        Add(true, batchFirst ? [b, t, Width] : [t, b, Width], batchFirst ? [batch, time, Width] : [time, batch, Width]);
        Add(true, [d, gates * h, Width], [d, gates * h, Width]);
        Add(true, [d, gates * h, h], [d, gates * h, h]);
        Add(isFull, [d, 2 * gates * h], [d, 2 * gates * h]);
        inputs.Add(isRagged ? Variable.Input("lengths", DType.Int32, [b]) : null);
        if (isRagged)
            values.Add(Value.Of([.. Enumerable.Range(0, batch).Select(i => Lengths[i % Lengths.Length])], batch));
        for (int i = 0; i < operation.States; i++)
            Add(isFull, batchFirst ? [b, d, h] : [d, b, h], batchFirst ? [batch, d, h] : [d, batch, h]);
        return ([.. inputs], [.. values]);

        void Add(bool isThere, Shape shape, int[] sizes)
        {
            inputs.Add(isThere ? Variable.Input($"input{inputs.Count}", type, shape) : null);
            if (!isThere)
                return;
            Value value = Value.Zeros(type, sizes);
            for (int i = 0; i < value.Count; i++)
                value[i] = 0.3 * Math.Sin((0.37 * i * i) + i + inputs.Count);
            values.Add(value);
        }
    }
}
