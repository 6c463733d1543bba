using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Gradients;

/// <summary>What algorithms 6.1 to 6.4 of the book cost, counted in operations. docs/derivatives.md tells the figures.</summary>
public sealed class BackPropagationCostTests
{
    /// <summary>Algorithm 6.1 computes u⁽ⁱ⁾ = sin(u⁽ⁱ⁻¹⁾ · u⁽ⁱ⁻¹⁾), algorithm 6.2 its gradient: both take as many operations for each further element of the chain.</summary>
    [Fact]
    public void Operations_grow_linearly_along_a_chain()
    {
        int[] lengths = [10, 100, 1_000, 10_000];
        (int Forward, int Both)[] counts = [.. lengths.Select(length =>
        {
            (Variable x, Variable y) = Chain(length);
            return (TopologicalOrder.Of([y]).Count, TopologicalOrder.Of([y, Gradient.Of(Ops.Sum(y), x)]).Count);
        })];
        Assert.All(counts.Zip(lengths), pair => Assert.Equal(2 * pair.Second, pair.First.Forward));
        int perElement = (counts[1].Both - counts[0].Both) / 90;
        Assert.All(counts.Zip(lengths), pair => Assert.Equal(counts[0].Both + (perElement * (pair.Second - 10)), pair.First.Both));
        Assert.InRange(perElement, 2, 8);
    }

    /// <summary>Equation 6.55 as it is written, a sum over all paths: each element doubles it.</summary>
    [Fact]
    public void The_sum_over_paths_doubles_with_each_element()
    {
        int before = 0;
        for (int length = 1; length <= 10; length++)
        {
            (Variable x, Variable y) = Chain(length);
            var products = new Counter();
            Variable naive = Naive(Ops.Sum(y), x, products)!;
            Assert.True(length == 1 || products.Count > 1.9 * before, $"{products.Count} after {before}");
            before = products.Count;
            Value[] found = Function.Compile([x], [naive, Gradient.Of(Ops.Sum(y), x)]).Run(Value.Of([0.8], 1));
            Assert.Equal(found[1][0], found[0][0], 1e-12);
        }

        Assert.True(before >= 1024);
    }

    /// <summary>Algorithms 6.3 and 6.4: a network of l layers takes one product for each layer forward and, but for the first, two backward.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(50)]
    public void A_network_takes_twice_as_many_products_backward_as_forward(int layers)
    {
        Variable x = Variable.Input("x", DType.Float32, ["batch", 4]), h = x;
        Variable[] weights = [.. Enumerable.Range(0, layers).Select(i => Variable.Input($"w{i}", DType.Float32, [4, 4]))];
        foreach (Variable w in weights)
            h = Ops.Tanh(h.MatMul(w));
        Variable loss = Ops.Sum(h.Square());
        int Products(params Variable[] of) => TopologicalOrder.Of(of).Count(node => node.Operation.Name is "MatMul" or "Gemm");
        Assert.Equal(layers, Products(loss));
        Assert.Equal((3 * layers) - 1, Products([loss, .. Gradient.Of(loss, weights)]));
    }

    /// <summary>For R → R¹⁰⁰⁰ forward mode takes one pass where reverse mode takes a thousand, for R¹⁰⁰⁰ → R the other way round: numbers that are computed.</summary>
    [Fact]
    public void Forward_mode_is_cheap_for_one_input_and_reverse_mode_for_one_output()
    {
        const int Many = 1000;
        long ForwardCost(int inputs, int outputs) => Work(inputs, outputs, (x, y) => Columns(x, y));
        long ReverseCost(int inputs, int outputs) => Work(inputs, outputs, (x, y) => RowsOf(x, y));
        (long forwardWide, long reverseWide) = (ForwardCost(1, Many), ReverseCost(1, Many));
        (long forwardTall, long reverseTall) = (ForwardCost(Many, 1), ReverseCost(Many, 1));
        Assert.True(reverseWide > 100 * forwardWide, $"{forwardWide} forward, {reverseWide} reverse");
        Assert.True(forwardTall > 100 * reverseTall, $"{forwardTall} forward, {reverseTall} reverse");

        // Jacobian takes the cheaper of both, and transposes it.
        long wide = Work(1, Many, (x, y) => Gradient.Jacobian(y, x)), tall = Work(Many, 1, (x, y) => Gradient.Jacobian(y, x));
        Assert.True(wide < 2 * forwardWide && tall < 2 * reverseTall, $"{wide} and {tall}");
    }

    /// <summary>Softmax, logarithm and sum from their parts: the gradient is q − p (equation 6.57) and finite wherever the logits are.</summary>
    [Theory]
    [InlineData(DType.Float32, 1e-6)]
    [InlineData(DType.Float64, 1e-14)]
    public void Cross_entropy_from_its_parts_has_the_gradient_of_equation_6_57(DType type, double tolerance)
    {
        Variable z = Variable.Input("z", type, ["batch", 3]), p = Variable.Input("p", type, ["batch", 3]);
        Variable q = Ops.Exp(z) / Ops.Sum(Ops.Exp(z), [1], keepDims: true);
        Variable loss = Ops.Sum(-(p * Ops.Log(q)));
        double[] logits = [1e4, -1e4, 0, -1e4, -1e4, -1e4, 0.5, -1, 2, 88, 89, 90], targets = [0, 1, 0, 0.2, 0.3, 0.5, 1, 0, 0, 0, 0, 1];
        Value Of(double[] numbers)
        {
            Value value = Value.Zeros(type, 4, 3);
            for (int i = 0; i < numbers.Length; i++)
                value[i] = numbers[i];
            return value;
        }

        Value found = Function.Compile([z, p], [Gradient.Of(loss, z)]).Run(Of(logits), Of(targets))[0];
        for (int row = 0; row < 4; row++)
        {
            double greatest = logits.AsSpan(row * 3, 3).ToArray().Max();
            double sum = logits.AsSpan(row * 3, 3).ToArray().Sum(l => Math.Exp(l - greatest));
            for (int i = row * 3; i < (row * 3) + 3; i++)
                Assert.Equal((Math.Exp(logits[i] - greatest) / sum) - targets[i], found[i], tolerance);
        }
    }

    private static (Variable X, Variable Y) Chain(int length)
    {
        Variable x = Variable.Input("x", DType.Float64, [1]), u = x;
        for (int i = 0; i < length; i++)
            u = Ops.Sin(u * u);
        return (x, u);
    }

    /// <summary>∂y/∂x by recursion from each node to each of its inputs, without a table.</summary>
    private static Variable? Naive(Variable y, Variable x, Counter products)
    {
        if (y == x)
            return Variable.Scalar(1, DType.Float64).ExpandLike(x);
        if (y.Producer is not { } node)
            return null;
        Variable? sum = null;
        foreach (Variable input in node.Inputs.Where(input => input.DType == DType.Float64))
        {
            if (Naive(input, x, products) is not { } behind)
                continue;
            products.Count++;
            Variable own = node.Operation.Name switch
            {
                "Sin" => Ops.Cos(input),
                "Mul" => input,
                _ => Variable.Scalar(1, DType.Float64),
            };
            sum = sum is null ? own * behind : sum + (own * behind);
        }

        return sum;
    }

    /// <summary>The elements that one run computes, loops included.</summary>
    private static long Work(int inputs, int outputs, Func<Variable, Variable, Variable> jacobian)
    {
        Variable x = Variable.Input("x", DType.Float64, [inputs]);
        Variable grid = Ops.Sin(Ops.Expand(Ops.Reshape(x, [inputs, 1]), [inputs, outputs]));
        return Count(TopologicalOrder.Of([jacobian(x, Ops.Sum(grid * grid, [0]))]), 1);

        static long Count(IEnumerable<Node> nodes, long turns) => nodes.Sum(node => node.Operation is Autograd.Operations.Control.Scan scan
            ? Count(scan.Body.Nodes, turns * (long)node.Inputs[scan.States].Shape[0].Number)
            : turns * node.Outputs.Sum(o => o.DType == DType.Float64 ? o.Shape.ElementCount.Number : 0));
    }

    private static Variable Columns(Variable x, Variable y) => Ops.Scan([], [Units(x.Shape[0])], (_, unit) => ([], [Gradient.PushForward(y, x, unit[0])])).Outputs[0];

    private static Variable RowsOf(Variable x, Variable y) => Ops.Scan([], [Units(y.Shape[0])], (_, unit) => ([], [Gradient.PullBack(y, unit[0], x)])).Outputs[0];

    private static Variable Units(Dim size)
    {
        int n = (int)size.Number;
        Value units = Value.Zeros(DType.Float64, n, n);
        for (int i = 0; i < n; i++)
            units[(i * n) + i] = 1;
        return Variable.Of(units);
    }

    private sealed class Counter
    {
        public int Count { get; set; }
    }
}
