using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Training;

/// <summary>A parameter that is used and not registered would silently stay what it is.</summary>
public sealed class RegistrationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void A_parameter_that_a_module_does_not_return_is_refused_by_name() =>
        Refused(Trainer(new Hiding()), "hidden", "CreateParameters");

    [Fact]
    public void State_that_a_module_updates_and_does_not_return_is_refused_by_name() =>
        Refused(Trainer(new Counting()), "count", "CreateParameters");

    [Fact]
    public void A_parameter_that_a_loss_would_have_to_learn_is_refused_by_name()
    {
        var temperature = new Parameter("temperature", Value.Of(2f));
        Refused(Trainer(new Dense(6, 3, new RandomSource(1)), new Scaled(temperature, Stop: false)), "temperature", "StopGradient");
        Trainer fixedOne = Trainer(new Dense(6, 3, new RandomSource(1)), new Scaled(temperature, Stop: true));
        Assert.Equal(StopReason.Completed, fixedOne.Fit(SmallTraining.Data(), SmallTraining.Options(1), Token).StopReason);
        Assert.Equal(2f, temperature.Value.Span<float>()[0]);
    }

    [Fact]
    public void What_an_optimizer_remembers_beside_its_state_is_refused_by_name() =>
        Refused(Trainer(new Dense(6, 3, new RandomSource(1)), optimizer: new Forgetful()), "velocity", "OptimizerState.Moment");

    [Fact]
    public void A_model_that_training_does_not_change_is_refused()
    {
        var first = new Activation(x => x.Slice(1, 0, 3));
        Refused(Trainer(first), "that training changes", "found none");
        Refused(Trainer(new Sequential(new Dropout(0.5, new RandomSource(1)), first)), "that training changes", "found 2 that are all kept as they are");
    }

    private static void Refused(Trainer trainer, string name, string remedy)
    {
        var error = Assert.Throws<GraphException>(() => trainer.Fit(SmallTraining.Data(), SmallTraining.Options(1), Token));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, error.Message, StringComparison.Ordinal);
    }

    private static Trainer Trainer(Module model, Loss? loss = null, Optimizer? optimizer = null) =>
        new() { Model = model, Loss = loss ?? new SoftmaxCrossEntropy(), Optimizer = optimizer ?? new Sgd() };

    private sealed class Hiding : Module
    {
        private readonly Dense layer = new(6, 3, new RandomSource(1));
        private readonly Parameter hidden = new("hidden", Value.Full(1.0, DType.Float32, 3));

        public override IReadOnlyList<Module> Children => [layer];

        protected override Variable Build(Variable input, ForwardContext context) => layer.Forward(input, context) * hidden;
    }

    private sealed class Counting : Module
    {
        private readonly Dense layer = new(6, 3, new RandomSource(1));
        private readonly Parameter count = new("count", Value.Of(0f), ParameterRole.State);

        public override IReadOnlyList<Module> Children => [layer];

        protected override Variable Build(Variable input, ForwardContext context)
        {
            context.Update(count, count.Variable + 1.0);
            return layer.Forward(input, context);
        }
    }

    private sealed record Scaled(Parameter Temperature, bool Stop) : Loss
    {
        public override Variable PerExample(Variable prediction, Variable target) => new SoftmaxCrossEntropy().PerExample(
            prediction / (Stop ? Temperature.Variable.StopGradient() : Temperature.Variable), target);
    }

    private sealed record Forgetful : Optimizer
    {
        public override Variable Rate(OptimizerState state) => Variable.Scalar(0.1, DType.Float64);

        public override IReadOnlyList<Update> Updates(IReadOnlyList<ParameterGradient> gradients, OptimizerState state)
        {
            var velocity = new Parameter("velocity", Value.Of(0f), ParameterRole.State);
            return [.. gradients.Select(g => new Update(g.Parameter, g.Parameter - g.Gradient)), new Update(velocity, velocity.Variable + 1.0)];
        }
    }
}
