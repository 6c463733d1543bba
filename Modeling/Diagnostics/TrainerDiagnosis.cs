using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Optimizers.FullBatch;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Diagnostics;

/// <summary>The diagnosis of a trainer.</summary>
public static class TrainerDiagnosis
{
    /// <summary>Says where the training stands: gradient, curvature, eigenvalues of the Hessian, layers and units, with findings in words. For the course of a
    /// training as well, watch it with a <see cref="RunRecorder"/>.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="data">Examples to measure on; the training set is what the objective is about.</param>
    /// <param name="options">What to look at; null for the defaults, with the last learning rate.</param>
    /// <param name="examples">How many examples are taken, from the first on, at least 1; 500 by default.</param>
    public static Diagnosis Diagnose(this Trainer trainer, IDataSource data, DiagnosisOptions? options = null, int examples = 500)
    {
        Settings.AtLeastOne(examples);
        trainer.Prepare(data.Layout);
        options ??= new DiagnosisOptions { LearningRate = trainer.LastRate > 0.0 ? trainer.LastRate : 0.01 };
        Batch sample = Diagnostician.Sample(data, examples);
        using Lock.Scope scope = trainer.Gate.EnterScope();
        (Objective objective, Variable total, (Variable, Value)[] inputs) = Diagnosis.Build(trainer, sample);
        return Diagnostician.Examine(trainer.Model, objective, new ScalarFunction(total, objective.Parameters, inputs, trainer.Execution), inputs, options);
    }
}
