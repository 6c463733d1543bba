namespace Toolkit.Modeling.Persistence;

/// <summary>A training that a <see cref="Checkpoint"/> can hold: a <see cref="Training.Trainer"/>.</summary>
public interface ICheckpointed
{
    /// <summary>Gives what is to be saved. Nothing of it changes until the saving has ended.</summary>
    /// <param name="save">Saves it.</param>
    /// <exception cref="InvalidOperationException">There is no training yet.</exception>
    internal void Save(Action<IReadOnlyList<StoredParameter>, StoredTraining> save);

    /// <summary>Takes over what was saved.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="parameters">The parameters from which the training goes on.</param>
    /// <param name="training">The rest.</param>
    /// <exception cref="CheckpointException">It does not fit; nothing has been changed.</exception>
    /// <exception cref="InvalidOperationException">The training is running.</exception>
    internal void Load(string path, IReadOnlyList<StoredParameter> parameters, StoredTraining training);
}
