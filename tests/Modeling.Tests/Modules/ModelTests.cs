using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Modules;

/// <summary>Models of several named inputs and outputs.</summary>
public sealed class ModelTests
{
    private static Field[] Fields =>
        [new("kind", DType.Int64, Shape.Scalar), new("unused", DType.Float32, [7]), new("numbers", DType.Float32, [2])];

    [Fact]
    public void An_input_of_the_computation_is_what_the_model_reads()
    {
        var model = new TwoByTwo { InputFields = Fields };
        Signature signature = model.Inference;
        Assert.Equal(["kind:Int64[batch]", "numbers:Float32[batch, 2]"], signature.Inputs.Select(input => input.ToString()));
        Assert.Equal(["price", "class"], signature.Outputs.Select(output => output.Name));
        Assert.Equal(["embedding1.table", "price.weight", "price.bias", "class.weight", "class.bias"], model.Parameters.Select(p => p.Name));
        Assert.Contains(
            nameof(Model.InputFields), Assert.Throws<InvalidOperationException>(() => new TwoByTwo().Inference).Message, StringComparison.Ordinal);
    }

    /// <summary>The same written as a function, with the parts it applies.</summary>
    [Fact]
    public void A_function_of_named_variables_is_a_model()
    {
        var random = new RandomSource(5);
        Embedding kinds = new(3, 2, random);
        Dense price = new(4, 1, random), forgotten = new(2, 1, random);
        var model = new FunctionalModel([kinds, price], (x, context) =>
            new Named(("price", price.Forward(Ops.Concat(1, kinds.Forward(x["kind"], context), x["numbers"]), context))));
        model.InputFields = Fields;
        Signature signature = model.Inference;
        Assert.Equal(["kind:Int64[batch]", "numbers:Float32[batch, 2]"], signature.Inputs.Select(input => input.ToString()));
        Assert.Equal(["embedding1.table", "dense1.weight", "dense1.bias"], model.Parameters.Select(p => p.Name));
        float[] table = kinds.Table.Value.ToArray<float>(), weight = price.Weight.Value.ToArray<float>();
        double expected = (table[2] * weight[0]) + (table[3] * weight[1]) + (3 * weight[2]) - weight[3];
        Assert.Equal(expected, Autograd.Execution.Function.Compile(signature).Run(Value.Of([1L], 1), Value.Of([3f, -1], 1, 2))[0].Scalar(), 1e-6);
        var wrong = new FunctionalModel([kinds], (x, context) => forgotten.Forward(x["numbers"], context)) { InputFields = Fields };
        Assert.Contains("not among its Children", Assert.Throws<GraphException>(() => wrong.Inference).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Its_numbers_are_those_of_its_parts()
    {
        var model = new TwoByTwo { InputFields = Fields };
        var predictor = Autograd.Execution.Function.Compile(model.Inference);
        float[] numbers = [1, 2, -1, 0.5f];
        Value[] found = predictor.Run(Value.Of([2L, 0], 2), Value.Of(numbers, 2, 2));
        float[] table = model.Parameters[0].Value.ToArray<float>(), weight = model.Parameters[1].Value.ToArray<float>();
        for (int i = 0; i < 2; i++)
        {
            int symbol = i == 0 ? 2 : 0;
            double expected = (table[symbol] * weight[0]) + (numbers[2 * i] * weight[1]) + (numbers[(2 * i) + 1] * weight[2]);
            Assert.Equal(expected, found[0].Span<float>()[i], 1e-6);
        }

        Assert.Equal([2, 3], found[1].Sizes.ToArray());
    }

    [Fact]
    public void A_computation_from_elsewhere_learns_on_and_keeps_its_names()
    {
        Signature written = new TwoByTwo { InputFields = Fields }.Inference;
        var model = new ComputationModel(written);
        Assert.Equal(written.Parameters.Select(p => p.Name), model.Parameters.Select(p => p.Name));
        Assert.Equal(["kind", "numbers"], model.InputFields!.Select(field => field.Name));
        Dataset data = Dataset.Of(
            Column.Of("kind", [0L, 1, 2, 1]), Column.Of("numbers", [1f, 0, 0, 1, 1, 1, 2, 0], 2), Column.Of("price", [1f, 2, 3, 4]), Column.Labels("class", [0, 1, 2, 1], 3));
        float[] kept = model.PredictAll(data)["price"].ToArray<float>();
        var trainer = new Trainer
        {
            Model = model,
            Loss = new MeanSquaredError().On("price") + new SoftmaxCrossEntropy().On("class"),
            Optimizer = new Adam { LearningRate = 0.05 },
        };
        History history = trainer.Fit(data, new() { Epochs = 100 }, TestContext.Current.CancellationToken);
        Assert.True(history.Epochs[^1].Loss < 0.2 * history.Epochs[0].Loss);
        Assert.NotEqual(kept, model.PredictAll(data)["price"].ToArray<float>());
        Assert.Equal(["price", "class"], model.Inference.Outputs.Select(output => output.Name));
        Value[] found = Autograd.Execution.Function.Compile(written).Run(Value.Of([0L, 1, 2, 1], 4), Value.Of([1f, 0, 0, 1, 1, 1, 2, 0], 4, 2));
        Assert.Equal(found[0].ToArray<float>(), model.PredictAll(data)["price"].ToArray<float>());
        Assert.Contains("\"numbers\"", Assert.ThrowsAny<ToolkitException>(() => model.Forward(
            new Named(("kind", Run.Labels(1)), ("numbers", Run.Labels(1))), new ForwardContext(Mode.Inference))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new ComputationModel(new Signature([Variable.Input("x", DType.Float32, [])], [new Output("y", Variable.Scalar(1.0, DType.Float32))])));
    }

    [Fact]
    public void A_summary_names_inputs_and_outputs()
    {
        string summary = new TwoByTwo { InputFields = Fields }.Summary();
        Assert.Matches(@"numbers +\[2\]", summary);
        Assert.Contains("price [1], class [3]", summary, StringComparison.Ordinal);
        Assert.Contains("19 parameters are learned.", summary, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_are_refused_where_there_are_none()
    {
        Variable x = Variable.Input("x", DType.Float32, ["batch"]);
        var named = new Named(("a", x), ("b", x));
        Assert.Contains("\"a\", \"b\"", Assert.Throws<GraphException>(() => named["c"]).Message, StringComparison.Ordinal);
        Assert.Contains("\"a\", \"b\"", Assert.Throws<GraphException>(() => named.Single).Message, StringComparison.Ordinal);
        Assert.Contains("none", Assert.Throws<GraphException>(() => new Named().Single).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new Named(("a", x), ("a", x)));
        Assert.Same(x, ((Named)x)["output"]);
    }

    [Fact]
    public void Fields_that_make_no_sense_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new Field("", DType.Float32, [2]));
        Assert.Throws<ArgumentException>(() => new Field("a.b", DType.Float32, [2]));
        Assert.Throws<ArgumentException>(() => new Field("a", DType.Float32, [0]));
        Assert.Throws<ArgumentException>(() => new Field("a", DType.Float32, ["batch"]));
        Assert.Equal("a: Int64 [] of 3 classes", new Field("a", DType.Int64, []) { Classes = 3 }.ToString());
        Assert.Contains("one field", Assert.Throws<ArgumentException>(() => new Flatten { InputFields = Fields }).Message, StringComparison.Ordinal);
    }

    /// <summary>Before the first step: what was trained could not be written.</summary>
    [Fact]
    public void An_output_with_the_name_of_a_field_that_is_read_is_refused()
    {
        var layer = new Dense(2, 2, new RandomSource(1));
        Trainer Of(string output) => new()
        {
            Model = new FunctionalModel([layer], (x, context) => new Named((output, layer.Forward(x["x"], context)))),
            Loss = new MeanSquaredError { Output = output, Target = "y" },
            Optimizer = new Sgd(),
        };
        Dataset data = Dataset.Of(Column.Of("x", [1f, 2], 2), Column.Of("y", [3f, 4], 2));
        Assert.Contains("found \"x\" for both", Assert.Throws<GraphException>(() => Of("x").Prepare(data.Layout)).Message, StringComparison.Ordinal);

        // A target may have the name of the output that is compared with it.
        Assert.Equal(StopReason.Completed, Of("y").Fit(data, new() { Epochs = 1 }, TestContext.Current.CancellationToken).StopReason);
    }

    private sealed class TwoByTwo : Model
    {
        private static readonly RandomSource Random = new(3);
        private readonly Embedding kind = new(3, 1, Random);
        private readonly Dense price = new(3, 1, Random) { Name = "price" }, labels = new(3, 3, Random) { Name = "class" };

        public override IReadOnlyList<Model> Children => [kind, price, labels];

        protected override Named Build(Named inputs, ForwardContext context)
        {
            Variable all = Ops.Concat(1, kind.Forward(inputs["kind"], context), inputs["numbers"]);
            return new Named(("price", price.Forward(all, context)), ("class", labels.Forward(all, context)));
        }
    }
}
