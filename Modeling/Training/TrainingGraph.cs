using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Regularizers;

namespace Toolkit.Modeling.Training;

/// <summary>The two computations of a training, as signatures: the step and the evaluation.</summary>
internal sealed class TrainingGraph
{
    /// <summary>The name of the input of weights.</summary>
    public const string WeightInput = "weight";

    /// <summary>The places of the outputs of <see cref="Step"/>; the sums of the metrics follow.</summary>
    public const int LossOutput = 0, ObjectiveOutput = 1, RateOutput = 2;

    private readonly Trainer trainer;
    private readonly DataLayout layout;

    public TrainingGraph(Trainer trainer, DataLayout layout, OptimizerState state)
    {
        this.trainer = trainer;
        this.layout = layout;
        (Step, StepMeans) = BuildStep(state);
        Evaluation = BuildEvaluation(trainer, layout).Signature;
    }

    /// <summary>Inputs "input", "target" and, if examples have weights, "weight"; outputs "loss" (mean without penalties), "objective" (with penalties),
    /// "learning_rate" and the sum of each metric over the batch, then what <see cref="MeasureOutputs"/> adds; updates of everything that changes.</summary>
    public Signature Step { get; }

    /// <summary>Where the step puts out loss and metrics.</summary>
    public IReadOnlyList<MeanOutput> StepMeans { get; }

    /// <summary>The same inputs; outputs the sums over the batch of "loss" and of each metric, then what <see cref="MeasureOutputs"/> adds.</summary>
    public Signature Evaluation { get; }

    /// <summary>How many numbers the model gives for an example; 0 if that is not known.</summary>
    public int OutputCount { get; private set; }

    /// <summary>The computation of an evaluation for examples of a layout, and where it puts out loss and metrics.</summary>
    public static (Signature Signature, IReadOnlyList<MeanOutput> Means) BuildEvaluation(Trainer trainer, DataLayout layout)
    {
        var symbols = new ExampleSymbols(layout);
        var context = new ForwardContext(Mode.Inference) { Weight = symbols.Weight };
        Variable output = trainer.Model.Forward(symbols.Input, context);
        Registration.OfModel(trainer.Model.Parameters, output, context);
        var measures = new MeasureOutputs(symbols.Weight);
        measures.AddLoss(trainer.Loss.Parts(output, symbols.Target));
        measures.AddMetrics(trainer.Metrics, output, symbols.Target, trainer.Loss.TakesUnlabelled);
        return (new Signature(symbols.All, measures.Outputs, name: "evaluation"), measures.Means);
    }

    private (Signature Signature, IReadOnlyList<MeanOutput> Means) BuildStep(OptimizerState state)
    {
        IReadOnlyList<Parameter> parameters = trainer.Model.Parameters;
        CheckNames(parameters);
        var symbols = new ExampleSymbols(layout);
        var context = new ForwardContext(Mode.Training) { Weight = symbols.Weight };
        var objective = new Objective(trainer.Model, trainer.Loss, symbols.Input, symbols.Target, context, state);
        CheckClasses(objective.Output);
        OutputCount = objective.Output.Shape.Skip(1).All(dim => dim.IsStatic) ? objective.Output.Shape.Skip(1).Aggregate(1, (count, dim) => count * dim.Size) : 0;
        Variable total = objective.Loss;
        foreach (Regularizer regularizer in trainer.Regularizers)
        {
            Variable penalty = regularizer.Penalty(objective);
            if (penalty.Shape.Rank != 0)
            {
                throw new ShapeException(
                    $"The penalty of {regularizer.GetType().Name} must be a scalar, found the shape {penalty.Shape}: sum or average it.");
            }

            total += penalty;
        }

        IReadOnlyList<Parameter> learned = objective.Parameters;
        CheckReached(learned, objective.Loss, symbols);
        Composition.Check(trainer, learned);
        Parameter[] known = [.. parameters, .. state.Parameters];
        Registration.OfModel(known, objective.Output, context);
        Registration.OfObjective(known, total);
        state.Projection = update => Constrain(update).NewValue;
        IReadOnlyList<Variable> gradients = Gradient.Of(total, [.. learned.Select(parameter => parameter.Variable)]);
        IReadOnlyList<Update> updates = trainer.Optimizer.Updates(
            [.. learned.Zip(gradients, (parameter, gradient) => new ParameterGradient(parameter, gradient))], state);
        CheckNames([.. parameters, .. state.Parameters]);
        Registration.OfUpdates([.. parameters, .. state.Parameters], updates);
        var measures = new MeasureOutputs(
            symbols.Weight,
            new Output("loss", objective.Loss),
            new Output("objective", total),
            new Output("learning_rate", trainer.Optimizer.Rate(state)));
        measures.AddLoss(trainer.Loss.Parts(objective.Output, symbols.Target), LossOutput);
        measures.AddMetrics(trainer.Metrics, objective.Output, symbols.Target, trainer.Loss.TakesUnlabelled);
        Update[] all =
        [
            .. updates.Select(Constrain),
            .. context.Updates,
            new Update(state.StepCounter, Ops.Add(state.Step, Variable.Scalar(1, DType.Int64))),
        ];
        return (new Signature(symbols.All, measures.Outputs, [.. all.Select(symbols.IfAnyCounts)], "training_step"), measures.Means);
    }

    private Update Constrain(Update update)
    {
        if (update.Parameter.Role == ParameterRole.State)
            return update;
        Variable value = update.NewValue;
        foreach (Constraints.Constraint constraint in trainer.Constraints)
        {
            if (constraint.AppliesTo(update.Parameter))
                value = constraint.Project(value, update.Parameter);
        }

        return new Update(update.Parameter, value);
    }

    private void CheckClasses(Variable output)
    {
        // Labels that have no logit would silently give a loss of zero.
        if (layout.HasLabels && output.Shape.Rank == 2 && output.Shape[1].IsStatic)
        {
            int outputs = output.Shape[1].Size;
            int needed = outputs == 1 ? 2 : outputs;
            if (layout.ClassCount > needed)
            {
                throw new ShapeException(
                    $"The data have {layout.ClassCount} classes, but the model gives {outputs} outputs per example, enough for {needed}.");
            }
        }
    }

    private static void CheckNames(IReadOnlyList<Parameter> parameters)
    {
        string[] twice =
            [.. parameters.GroupBy(p => p.Name, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key)];
        if (twice.Length > 0)
        {
            throw new GraphException(
                $"The model has several parameters of the same name: {string.Join(", ", twice)}. Names are settled when a module is first " +
                $"used; compose modules before that, or give them a {nameof(Module.Name)}.");
        }
    }

    private static void CheckReached(IReadOnlyList<Parameter> learned, Variable loss, ExampleSymbols symbols)
    {
        var read = new HashSet<Parameter>(new Signature(symbols.All, [new Output("loss", loss)]).Parameters);
        string[] unreached = [.. learned.Where(parameter => !read.Contains(parameter)).Select(parameter => parameter.Name)];
        if (unreached.Length > 0)
        {
            throw new GraphException(
                $"The loss does not depend on these parameters of the model, so they cannot be learned: {string.Join(", ", unreached)}.");
        }
    }
}
