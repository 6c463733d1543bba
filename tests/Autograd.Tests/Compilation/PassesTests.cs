using Toolkit.Autograd.Compilation;
using Toolkit.Autograd.Compilation.Passes;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;
using Gemm = Toolkit.Autograd.Operations.LinearAlgebra.Gemm;

namespace Toolkit.Autograd.Tests.Compilation;

/// <summary>Each pass by itself: the operations before and after.</summary>
public sealed class PassesTests
{
    private static readonly Variable X = Variable.Input("x", DType.Float32, ["batch", 3]);

    [Fact]
    public void Parameters_become_constants_of_their_values()
    {
        var w = new Parameter("w", Randoms.Normal(1, 3, 2));
        Signature after = Apply(new FixParameters(), X.MatMul(w) + w.Variable.Sum());
        Assert.Empty(after.Parameters);
        Assert.Equal(["MatMul", "ReduceSum", "Add"], Names(after));
        Assert.True(after.Nodes[0].Inputs[1].Constant!.BitEquals(w.Value));
    }

    [Fact]
    public void Operations_without_a_kernel_are_expanded_where_they_stand()
    {
        Variable y = new Twice().Apply(new Twice().Apply(X)).Exp();
        Assert.Equal(["Twice", "Twice", "Exp"], Names(Of(y)));
        Assert.Equal(["Add", "Add", "Exp"], Names(Apply(new ExpandOperations(), y)));
    }

    [Fact]
    public void What_an_operation_expands_to_has_its_origin()
    {
        Variable y = new Twice().Apply(X);
        new Origin { Layer = "dense1" }.Mark([y], [X]);
        Assert.Equal("dense1", Apply(new ExpandOperations(), y).Nodes.Single().Origin?.Layer);
    }

    [Fact]
    public void Small_nodes_of_constants_are_computed()
    {
        using var workers = new Workers(1);
        Variable two = Variable.Scalar(1, DType.Float32) + Variable.Scalar(1, DType.Float32);
        Signature after = Apply(new FoldConstants(workers, CancellationToken.None), X * two.Exp());
        Assert.Equal(["Mul"], Names(after));
        Assert.Equal(Math.Exp(2), after.Nodes[0].Inputs[1].Constant!.Scalar(), 1e-6);
        Variable large = Ops.Expand(Variable.Scalar(1, DType.Float32), [FoldConstants.LargestCount + 1]);
        Assert.Equal(["Expand"], Names(Apply(new FoldConstants(workers, CancellationToken.None), large)));
    }

    [Fact]
    public void Operations_that_change_nothing_are_left_out()
    {
        Variable one = Variable.Scalar(1, DType.Float32);
        Variable there = Ops.Reshape(X, [3, "batch"]).Reshape(X.Shape);
        Variable repeated = Ops.Expand(Variable.Input("b", DType.Float32, [3]), X.Shape, X);
        Variable y = (new Identity().Apply(X).StopGradient() * one * (one * there)) + repeated;
        Signature after = Apply(new RemoveIdentities(), y);
        Assert.Equal(["Mul", "Add"], Names(after));
        Assert.Equal(new Shape[] { ["batch", 3], [3] }, after.Nodes[1].Inputs.Select(i => i.Shape));
    }

    [Fact]
    public void An_expansion_that_decides_the_shape_stays()
    {
        Variable row = Variable.Input("b", DType.Float32, [3]), one = Variable.Input("one", DType.Float32, []);
        Assert.Equal(["Shape", "Expand", "Mul"], Names(Apply(new RemoveIdentities(), Ops.ExpandLike(row, X) * one)));
        Assert.Equal(["Shape", "Expand", "Mul"], Names(Apply(new RemoveIdentities(), one * Ops.ExpandLike(row, X))));
    }

    [Fact]
    public void Equal_nodes_become_one()
    {
        Signature after = Apply(new MergeEqualNodes(), (X + 1).Exp() * (X + 1).Exp());
        Assert.Equal(["Add", "Exp", "Mul"], Names(after));
    }

    /// <summary>Everything that the pass takes, with every product: after it the product alone is left, and the numbers are the same.</summary>
    [Fact]
    public void Numbers_for_each_channel_go_into_weights_and_bias()
    {
        Variable image = Variable.Input("image", DType.Float64, ["batch", 2, 3, 3]), rows = Variable.Input("rows", DType.Float64, ["batch", 3]);
        Variable Constant(int seed, params int[] sizes) => Variable.Of(DoublesOf(Randoms.Normal(seed, sizes)));
        (Variable Product, int Rank)[] products =
        [
            (Ops.Conv(image, Constant(1, 4, 2, 2, 2)), 3),
            (new ConvolutionOptions { Group = 2 }.Of(2).Apply(image, Constant(2, 4, 1, 2, 2), Constant(3, 4)), 3),
            (new Gemm().Apply(rows, Constant(4, 3, 4), Constant(5, 4)), 1),
            (new Gemm(TransposeB: true).Apply(rows, Constant(6, 4, 3)), 1),
        ];
        foreach ((Variable product, int rank) in products)
        {
            Variable Each(int seed) => Constant(seed, [4, .. Enumerable.Repeat(1, rank - 1)]);
            Variable y = (((Each(7) * ((product - Each(8)) / Each(9))) + Each(10)) * Variable.Of(Value.Of(0.5))) - Variable.Of(Value.Of(2.0));
            Signature before = Of(y), after = new FoldScales().Apply(before);
            Assert.Equal([product.Producer!.Operation.Name], Names(after));
            Value given = DoublesOf(product.Producer.Inputs[0] == image ? Randoms.Normal(11, 2, 2, 3, 3) : Randoms.Normal(11, 2, 3));
            double[] expected = Interpreter.Run(before, given)[0].ToArray<double>();
            Assert.All(expected.Zip(Interpreter.Run(after, given)[0].ToArray<double>()), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
        }
    }

    [Fact]
    public void Numbers_stay_where_something_else_takes_the_product_or_they_are_not_for_channels()
    {
        Variable product = Ops.MatMul(X, Variable.Of(Randoms.Normal(1, 3, 2))), column = Variable.Of(Randoms.Normal(2, 1, 1)), weights = new Parameter("w", Randoms.Normal(3, 3, 2));
        Assert.Equal(["MatMul"], Names(Apply(new FoldScales(), product * column)));
        Assert.Equal(["MatMul", "Mul", "Add"], Names(Apply(new FoldScales(), (product * column) + product)));
        Assert.Equal(["MatMul", "Mul"], Names(Apply(new FoldScales(), X.MatMul(weights) * column)));
        Assert.Equal(["MatMul", "Sub"], Names(Apply(new FoldScales(), column - product)));
        Variable square = Variable.Input("x", DType.Float32, [2, 3]).MatMul(Variable.Of(Randoms.Normal(1, 3, 2)));
        Assert.Equal(["MatMul", "Mul"], Names(Apply(new FoldScales(), square * Variable.Of(Randoms.Normal(2, 2, 1)))));
        Assert.Equal(["MatMul", "Mul"], Names(Apply(new FoldScales(), square * Variable.Of(Randoms.Normal(2, 1, 2, 2)))));
    }

    /// <summary>What the product or its weights cannot take would be another number.</summary>
    [Fact]
    public void Numbers_stay_where_the_product_cannot_take_them()
    {
        Variable rows = Variable.Input("rows", DType.Float32, [2, 3]), weights = Variable.Of(Randoms.Normal(1, 3, 2)), bias = Variable.Of(Randoms.Normal(2, 2)), each = Variable.Of(Randoms.Normal(3, 2));
        Variable product = new Gemm().Apply(rows, weights, bias);
        Assert.Equal(["Gemm"], Names(Apply(new FoldScales(), product - each)));
        Assert.Equal(["Gemm", "Sub"], Names(Apply(new FoldScales(), each - product)));
        Assert.Equal(["Gemm"], Names(Apply(new FoldScales(), product / each)));
        Assert.Equal(["Gemm", "Div"], Names(Apply(new FoldScales(), each / product)));
        Assert.Equal(["Gemm", "Add"], Names(Apply(new FoldScales(), new Gemm(Beta: 2).Apply(rows, weights, bias) + each)));
        Assert.Equal(["Gemm", "Mul"], Names(Apply(new FoldScales(), product * Variable.Of(Randoms.Normal(4, 1, 1, 2)))));
    }

    /// <summary>Every order of axes in which rows or columns of a factor lie together, and every order of the result: no copy is left, and the numbers are those of the copies.</summary>
    [Theory]
    [InlineData(3, 4, 5)]
    [InlineData(33, 40, 17)]
    [InlineData(1, 6, 2)]
    public void Products_of_stacks_read_transposed_factors_and_write_transposed_results(int m, int k, int n)
    {
        const int First = 2, Second = 3;
        IntList[] orders = [.. Permutations([0, 1, 2, 3])];
        Dim batch = "batch";
        foreach (IntList order in orders.Where(order => order[3] >= 2))
        {
            IntList inverse = [.. Enumerable.Range(0, 4).Select(axis => order.ToList().IndexOf(axis))];
            Dim[] left = [batch, Second, m, k], right = [batch, Second, k, n];

            // Stored in the order, so that the transposition back gives stacks of matrices.
            Variable a = Variable.Input("a", DType.Float64, [.. order.Select(axis => left[axis])]), b = Variable.Input("b", DType.Float64, [.. order.Select(axis => right[axis])]);
            Value[] values = [.. new[] { (1, left), (2, right) }.Select(one => DoublesOf(Randoms.Normal(one.Item1, [.. order.Select(axis => one.Item2[axis].IsStatic ? one.Item2[axis].Size : First)])))];
            Variable product = Ops.MatMul(Ops.Transpose(a, inverse), Ops.Transpose(b, inverse));
            foreach (IntList after in orders)
            {
                Signature before = new([a, b], [new Output("y", Ops.Transpose(product, after))]), signature = new ReadTransposed().Apply(before);
                Assert.Equal(after[3] >= 2 ? ["MatMul"] : ["MatMul", "Transpose"], Names(signature));
                double[] expected = Interpreter.Run(before, values)[0].ToArray<double>();
                Assert.All(expected.Zip(Interpreter.Run(signature, values)[0].ToArray<double>()), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
            }
        }

        static IEnumerable<IntList> Permutations(IntList axes) => axes.Count == 0 ? [[]]
            : axes.SelectMany(first => Permutations([.. axes.Where(axis => axis != first)]).Select(rest => IntList.Of([first, .. rest])));
    }

    /// <summary>Small products are shared among threads as wholes, large ones are cut; the bits are the same.</summary>
    [Theory]
    [InlineData(40, 24, 24, 24)]
    [InlineData(2, 200, 180, 190)]
    public void Bits_of_a_stack_of_products_do_not_depend_on_threads_or_on_transposition(int stack, int m, int k, int n)
    {
        Variable a = Variable.Input("a", DType.Float32, [m, stack, k]), b = Variable.Input("b", DType.Float32, [stack, n, k]);
        Variable y = Ops.Transpose(Ops.MatMul(Ops.Transpose(a, [1, 0, 2]), Ops.Transpose(b, [0, 2, 1])), [1, 0, 2]);
        Value[] values = [Randoms.Normal(1, m, stack, k), Randoms.Normal(2, stack, n, k)];
        Value[] found = [.. new[] { (true, 1), (true, 2), (true, 3), (false, 1), (false, 3) }.Select(one => Function.Compile(
            [a, b], [y], options: new ExecutionOptions { Threads = one.Item2, Compilation = new() { ReadTransposed = one.Item1 } }).Run(values)[0])];
        Assert.All(found, value => Assert.True(found[0].BitEquals(value)));
    }

    [Fact]
    public void A_product_that_something_else_reads_is_written_as_it_is()
    {
        Variable a = Variable.Input("a", DType.Float32, [2, 3, 4]), product = Ops.MatMul(a, Ops.Transpose(a, [0, 2, 1]));
        Assert.Equal(["MatMul", "Transpose", "Add"], Names(Apply(new ReadTransposed(), Ops.Transpose(product, [0, 2, 1]) + product)));
        Variable matrix = Variable.Input("b", DType.Float32, [3, 4]);
        Assert.Equal(["Transpose", "MatMul"], Names(Apply(new ReadTransposed(), Ops.MatMul(a, Ops.Transpose(matrix)))));
    }

    private static Value DoublesOf(Value value) => Value.Of([.. value.ToArray<float>().Select(number => (double)number)], value.Sizes);

    [Fact]
    public void What_follows_a_product_runs_inside_it()
    {
        Parameter w = new("w", Randoms.Normal(1, 3, 2)), b = new("b", Randoms.Normal(2, 2)), v = new("v", Randoms.Normal(3, 3, 2));
        Variable y = ((X.MatMul(w) + b).Relu() * 2) + (Ops.Gemm(X, v) + Ops.Gemm(X, w));
        Assert.Equal(["MatMul", "Add", "Relu", "Mul", "Gemm", "Gemm", "Add", "Add"], Single(y).Select(g => g.Name));
        Assert.Equal(["MatMul+Add+Relu", "Mul", "Gemm+Gemm", "Add"], Apply(new FuseEpilogues(), y));
        Variable sum = X.MatMul(w) + b;
        Assert.Equal(["MatMul+Add", "Relu"], new FuseEpilogues().Apply(Single(sum.Relu()), [sum, sum.Relu()]).Select(g => g.Name));
    }

    [Fact]
    public void Elementwise_operations_of_one_shape_run_together()
    {
        Variable y = (X.Exp() + 1).Sum([1]).Exp().Tanh();
        Assert.Equal(["Exp", "Add", "ReduceSum", "Exp", "Tanh"], Single(y).Select(g => g.Name));
        Assert.Equal(["Exp+Add", "ReduceSum", "Exp+Tanh"], Apply(new FuseElementwise(), y));
    }

    [Fact]
    public void Every_switch_belongs_to_one_pass()
    {
        using var workers = new Workers(1);
        (Pass Pass, CompilationOptions Off)[] rows =
        [
            (new FoldConstants(workers, CancellationToken.None), new() { FoldConstants = false }),
            (new RemoveIdentities(), new() { RemoveIdentities = false }),
            (new FoldScales(), new() { FoldScales = false }),
            (new MultiplyIntegers(), new() { MultiplyIntegers = false }),
            (new ReadTransposed(), new() { ReadTransposed = false }),
            (new TakeKnownBranches(), new() { TakeKnownBranches = false }),
            (new MergeEqualNodes(), new() { MergeEqualNodes = false }),
            (new FuseEpilogues(), new() { FuseEpilogues = false }),
            (new FuseElementwise(), new() { FuseElementwise = false }),
        ];
        foreach ((Pass pass, CompilationOptions off) in rows)
        {
            Assert.True(pass.IsOn(new CompilationOptions()), pass.Name);
            Assert.Equal([pass.Name], rows.Select(r => r.Pass).Where(p => !p.IsOn(off)).Select(p => p.Name));
        }
    }

    private static Signature Of(Variable y) => new(
        [.. TopologicalOrder.Of([y]).SelectMany(n => n.Inputs).Where(i => i.IsInput).Distinct()], [new Output("y", y)]);

    private static Signature Apply(RewritingPass pass, Variable y) => pass.Apply(Of(y));

    private static IEnumerable<string> Apply(GroupingPass pass, Variable y) => pass.Apply(Single(y), [y]).Select(group => group.Name);

    private static IReadOnlyList<Group> Single(Variable y) => [.. TopologicalOrder.Of([y]).Select(Group.Of)];

    private static IEnumerable<string> Names(Signature signature) => signature.Nodes.Select(n => n.Operation.Name);

    private sealed record Twice : Operation
    {
        public override IReadOnlyList<TensorType> Infer(InferRequest inputs) => [inputs[0]];

        public override IReadOnlyList<Variable> Expand(Arguments inputs) => [inputs[0] + inputs[0]];
    }
}
