using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Training;

/// <summary>Does a step as one computation of the whole batch.</summary>
internal sealed class WholeStep(Trainer trainer) : StepRunner
{
    private readonly Function step = Function.Compile(trainer.TrainingStep, trainer.Execution);
    private readonly Value[] inputs = new Value[trainer.TrainingStep.Inputs.Count];
    private readonly Value[] outputs = new Value[trainer.TrainingStep.Outputs.Count];

    /// <inheritdoc/>
    public override void Run(Batch batch, CancellationToken cancellation)
    {
        ExampleSymbols.Bind(batch, step.Signature.Inputs, inputs);
        step.RunInto(inputs, outputs, CancellationToken.None);
        Loss = outputs[TrainingGraph.LossOutput].Scalar();
        Objective = outputs[TrainingGraph.ObjectiveOutput].Scalar();
        Rate = outputs[TrainingGraph.RateOutput].Scalar();
    }

    /// <inheritdoc/>
    public override void AddTo(MeasureTotals totals, int count) => totals.Add(outputs, count);
}
