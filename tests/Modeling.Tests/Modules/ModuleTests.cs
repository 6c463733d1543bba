using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Initializers;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Tests.Modules;

public sealed class ModuleTests
{
    private readonly RandomSource random = new(1);

    [Fact]
    public void Parameters_have_hierarchical_names_in_a_fixed_order()
    {
        var model = new Sequential(
            new Dense(4, 3, random),
            new Sequential(new Dense(3, 3, random) { UseBias = false }, new Dense(3, 3, random)) { Name = "encoder" },
            new Residual(new Dense(3, 3, random)),
            new Dense(3, 2, random));
        Assert.Equal(
            [
                "dense1.weight", "dense1.bias", "encoder.dense1.weight", "encoder.dense2.weight", "encoder.dense2.bias",
                "residual1.dense1.weight", "residual1.dense1.bias", "dense2.weight", "dense2.bias",
            ],
            model.Parameters.Select(parameter => parameter.Name));
        Assert.Equal(
            [ParameterRole.Weight, ParameterRole.Bias], model.Parameters.Take(2).Select(parameter => parameter.Role));
        Assert.Same(model.Parameters[0], model.Parameters[0]);
    }

    [Fact]
    public void A_module_used_before_it_is_composed_keeps_the_names_of_its_parameters()
    {
        var early = new Dense(2, 2, random);
        Assert.Equal("weight", early.Weight.Name);
        var model = new Sequential(early, new Dense(2, 2, random));
        Assert.Equal(["weight", "bias", "dense2.weight", "dense2.bias"], model.Parameters.Select(parameter => parameter.Name));
        Assert.Equal("dense1", early.Path);
    }

    [Fact]
    public void A_module_used_twice_shares_its_parameters()
    {
        var shared = new Dense(3, 3, random);
        var model = new Sequential(shared, new Activation(Ops.Tanh), shared);
        Assert.Equal(["dense1.weight", "dense1.bias"], model.Parameters.Select(parameter => parameter.Name));
        Value once = Run.Forward(new Sequential(shared, new Activation(Ops.Tanh)), Mode.Inference, [1, 2, 3], 1, 3);
        Value twice = Run.Forward(shared, Mode.Inference, once.ToArray<float>(), 1, 3);
        Run.Close(Run.Numbers(twice), Run.Numbers(Run.Forward(model, Mode.Inference, [1, 2, 3], 1, 3)), 1e-6);
    }

    [Fact]
    public void Modules_compose_freely()
    {
        var model = new TwoPaths(random);
        Assert.Equal(["left.weight", "left.bias", "dense1.weight"], model.Parameters.Select(parameter => parameter.Name));
        Value y = Run.Forward(model, Mode.Inference, [1, 2], 1, 2);
        double[] w = Run.Numbers(model.Parameters[0].Value), v = Run.Numbers(model.Parameters[2].Value);
        Run.Close([w[0] + (2 * w[2]) + v[0] + (2 * v[2]), w[1] + (2 * w[3]) + v[1] + (2 * v[3])], Run.Numbers(y), 1e-6);
        var context = new ForwardContext(Mode.Training);
        Variable input = Variable.Input("x", DType.Float32, ["batch", 2]);
        Variable output = model.Forward(input, context);
        Assert.Same(output, context.Activations[""]);
        Assert.Equal(["left", "dense1", "sum", ""], context.Activations.Keys);
    }

    [Fact]
    public void A_child_that_is_not_listed_is_an_error()
    {
        var error = Assert.Throws<GraphException>(() => Run.Forward(new Forgetful(random), Mode.Inference, [1, 2], 1, 2));
        Assert.Equal(
            "Forgetful applies Dense 2 → 2, which is not among its Children: its parameters would be neither trained nor saved. " +
            "List it there.",
            error.Message);
    }

    [Fact]
    public void A_shape_that_does_not_fit_names_the_layer_and_both_shapes()
    {
        var model = new Sequential(new Sequential(new Dense(4, 3, random), new Dense(5, 2, random)) { Name = "inner" });
        var error = Assert.Throws<ShapeException>(
            () => model.Forward(Variable.Input("x", DType.Float32, ["batch", 4]), new ForwardContext(Mode.Training)));
        Assert.Equal(
            "\"inner.dense2\" (Dense 5 → 2) expects an input of shape [batch, 5], found [batch, 3]. " +
            "That is what \"inner.dense1\" (Dense 4 → 3) gives.",
            error.Message);
    }

    [Fact]
    public void A_shape_that_an_operation_refuses_names_the_module()
    {
        var model = new Sequential(new Dense(4, 3, random), new Activation(x => x.MatMul(Run.Tensor(new float[8], 4, 2))));
        var error = Assert.Throws<ShapeException>(
            () => model.Forward(Variable.Input("x", DType.Float32, ["batch", 4]), new ForwardContext(Mode.Training)));
        Assert.StartsWith("\"activation1\" (Activation) with the input Float32[batch, 3]: MatMul", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("That is what \"dense1\" (Dense 4 → 3) gives.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parameters_follow_from_the_seed_alone()
    {
        Sequential a = Make(5), b = Make(5), c = Make(6);
        foreach ((Parameter x, Parameter y) in a.Parameters.Reverse().Zip(b.Parameters.Reverse()))
            Assert.True(x.Value.BitEquals(y.Value), x.Name);
        Assert.False(a.Parameters[0].Value.BitEquals(c.Parameters[0].Value));
        Assert.NotEqual(a.Parameters[2].Value.ToArray<float>(), a.Parameters[4].Value.ToArray<float>());

        static Sequential Make(ulong seed)
        {
            var random = new RandomSource(seed);
            return new Sequential(new Dense(8, 8, random), new Dense(8, 8, random), new Dense(8, 8, random));
        }
    }

    [Fact]
    public void The_signature_of_a_model_can_be_run_and_exported()
    {
        var model = new Sequential(new Dense(4, 3, random) { Activation = Ops.Relu }, new Dropout(0.5, random), new Dense(3, 2, random));
        Signature signature = model.Inference;
        Assert.Equal("input:Float32[batch, 4]", Assert.Single(signature.Inputs).ToString());
        Assert.Equal("output", Assert.Single(signature.Outputs).Name);
        Assert.Empty(signature.Updates);
        Assert.Equal(model.Parameters.Where(p => p.Role != ParameterRole.State).ToHashSet(), signature.Parameters.ToHashSet());
        var error = Assert.Throws<InvalidOperationException>(() => new Sequential(new Flatten(), new Dense(4, 3, random)).Inference);
        Assert.Contains("does not know the shape of its input", error.Message);
        Assert.NotNull(new Sequential(new Flatten(), new Dense(4, 3, random)) { InputShape = [2, 2] }.Inference);
    }

    [Fact]
    public void A_summary_lists_modules_shapes_and_parameters()
    {
        var model = new Sequential(
            new Reshape(1, 6, 6),
            new Conv2D(1, 4, 3, random) { Padding = Padding.Same },
            new MaxPool2D(2),
            new Flatten(),
            new Dropout(0.25, random),
            new Dense(36, 10, random));
        Assert.Equal(
            """
            name        module             output     parameters
                        input              [36]
            (model)     Sequential         [10]
              reshape1  Reshape [1, 6, 6]  [1, 6, 6]
              conv1     Conv2D 1 → 4, 3×3  [4, 6, 6]          40
              pool1     MaxPool2D 2×2      [4, 3, 3]
              flatten1  Flatten            [36]
              dropout1  Dropout 0.25       [36]
              dense1    Dense 36 → 10      [10]              370
            410 parameters are learned, 2 are state.
            """,
            model.Summary([36]));
    }

    [Fact]
    public void Predictions_cover_every_example_whatever_the_batch()
    {
        var model = new Sequential(new Dense(2, 3, random) { Activation = Ops.Tanh });
        var data = Dataset.FromTargets([.. Enumerable.Range(0, 22).Select(i => i * 0.1f)], [2], new float[11], []);
        Value all = model.Predict(data);
        Assert.Equal([11, 3], all.Sizes.ToArray());
        Value parts = new Predictor(model).Predict(data, batchSize: 4);
        Run.Close(Run.Numbers(all), Run.Numbers(parts), 1e-6);
        Run.Close(Run.Numbers(Run.Forward(model, Mode.Inference, data.Features.ToArray(), 11, 2)), Run.Numbers(all), 1e-6);
    }

    [Fact]
    public void A_predictor_reads_the_parameters_of_the_moment()
    {
        var model = new Dense(1, 1, random) { WeightInitializer = new Constant(2) };
        var predictor = new Predictor(model);
        Assert.Equal(6f, predictor.Predict(Value.Of([3f], 1, 1)).Span<float>()[0]);
        model.Weight.Value = Value.Of([5f], 1, 1);
        Assert.Equal(15f, predictor.Predict(Value.Of([3f], 1, 1)).Span<float>()[0]);
    }

    private sealed class TwoPaths(RandomSource random) : Module
    {
        private readonly Dense left = new(2, 2, random) { Name = "left" };
        private readonly Dense right = new(2, 2, random) { UseBias = false };

        public override IReadOnlyList<Module> Children => [left, right];

        protected override Variable Build(Variable input, ForwardContext context)
        {
            Variable sum = left.Forward(input, context) + right.Forward(input, context);
            context.Register("sum", sum);
            return sum * 1.0;
        }
    }

    private sealed class Forgetful(RandomSource random) : Module
    {
        private readonly Dense inner = new(2, 2, random);

        protected override Variable Build(Variable input, ForwardContext context) => inner.Forward(input, context);
    }
}
